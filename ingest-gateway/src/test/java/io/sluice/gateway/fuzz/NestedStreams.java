package io.sluice.gateway.fuzz;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.fuzz.ValidStreams.Valid;
import io.sluice.testing.rows.RandomTypes;
import io.sluice.testing.rows.RandomValues;
import io.sluice.testing.rows.VectorValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Makes tables with nested columns, and valid Arrow streams for them: lists of all layouts, structs
 * with fields in any order and some that the table doesn't have, dictionaries within them, and
 * garbage below nulls.
 */
final class NestedStreams {

  private static final int MOST_DEPTH = 4;
  private static final int MOST_ROWS = 20;

  private final Random random;
  private final BufferAllocator allocator;

  NestedStreams(Random random, BufferAllocator allocator) {
    this.random = random;
    this.allocator = allocator;
  }

  /** Returns a table and a stream for it. */
  Valid next() {
    Schema columns = RandomTypes.schema(random, 1 + random.nextInt(MOST_DEPTH));
    boolean ignoring = random.nextBoolean();
    List<Map<String, @Nullable Object>> rows =
        new RandomValues(random).rows(columns.columns(), random.nextInt(MOST_ROWS));
    List<List<@Nullable Object>> values;
    try (VectorSchemaRoot canonical =
        VectorValues.write(ArrowSchemas.of(columns), rows, allocator)) {
      values = CanonicalRows.values(canonical);
    } catch (CharacterCodingException e) {
      throw new IllegalStateException(e);
    }
    return new Valid(
        columns,
        Map.of("format-version", "3", "unknown.columns", ignoring ? "ignore" : "reject"),
        stream(columns, rows, ignoring),
        values);
  }

  /** Returns another stream for the same columns. */
  List<WireMessage> streamFor(Schema columns) {
    return stream(
        columns, new RandomValues(random).rows(columns.columns(), random.nextInt(9)), false);
  }

  private List<WireMessage> stream(
      Schema columns, List<Map<String, @Nullable Object>> rows, boolean ignoring) {
    MapDictionaryProvider dictionaries = new MapDictionaryProvider();
    Wire wire = new Wire(ignoring, dictionaries);
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (NestedField column : columns.columns()) {
        FieldVector vector = wire.field(column.name(), column).createVector(allocator);
        vectors.add(vector);
        vector.allocateNew();
      }
      WireValues values = new WireValues(random, dictionaries);
      for (int i = 0; i < columns.columns().size(); i++) {
        NestedField column = columns.columns().get(i);
        for (int row = 0; row < rows.size(); row++) {
          values.set(vectors.get(i), row, column.type(), rows.get(row).get(column.name()));
        }
        vectors.get(i).setValueCount(rows.size());
      }
      values.close();
      return WireMessage.split(write(vectors, rows.size(), dictionaries));
    } finally {
      vectors.forEach(FieldVector::close);
      dictionaries.close();
    }
  }

  private static byte[] write(
      List<FieldVector> vectors, int rows, MapDictionaryProvider dictionaries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorSchemaRoot root =
        new VectorSchemaRoot(vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
    try (ArrowStreamWriter writer =
        new ArrowStreamWriter(root, dictionaries, Channels.newChannel(out))) {
      writer.start();
      writer.writeBatch();
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Chooses how fields come. */
  private final class Wire {

    private final boolean extra;
    private final MapDictionaryProvider dictionaries;
    private long lastDictionary;

    Wire(boolean extra, MapDictionaryProvider dictionaries) {
      this.extra = extra;
      this.dictionaries = dictionaries;
    }

    Field field(String name, NestedField field) {
      Type type = field.type();
      return switch (type.typeId()) {
        case STRUCT -> field(name, ArrowType.Struct.INSTANCE, fields(type));
        case LIST -> field(name, list(), List.of(field("item", element(type))));
        case MAP ->
            field(
                name,
                new ArrowType.Map(false),
                List.of(
                    new Field(
                        "entries",
                        FieldType.notNullable(ArrowType.Struct.INSTANCE),
                        entry(type.asMapType().fields()))));
        default -> leaf(name, type);
      };
    }

    /** Arrow's vectors of maps know their keys and values by these names alone. */
    private List<Field> entry(List<NestedField> fields) {
      Field key = field("key", fields.get(0));
      return List.of(
          new Field(
              "key", new FieldType(false, key.getType(), key.getDictionary()), key.getChildren()),
          field("value", fields.get(1)));
    }

    private static NestedField element(Type type) {
      return type.asListType().fields().get(0);
    }

    private static Field field(String name, ArrowType type, List<Field> children) {
      return new Field(name, FieldType.nullable(type), children);
    }

    private ArrowType list() {
      return switch (random.nextInt(5)) {
        case 0 -> ArrowType.LargeList.INSTANCE;
        case 1 -> ArrowType.ListView.INSTANCE;
        case 2 -> ArrowType.LargeListView.INSTANCE;
        default -> ArrowType.List.INSTANCE;
      };
    }

    private List<Field> fields(Type type) {
      List<Field> fields = new ArrayList<>();
      for (NestedField field : type.asStructType().fields()) {
        fields.add(random.nextInt(fields.size() + 1), field(field.name(), field));
      }
      if (extra && random.nextBoolean()) {
        Field what = field("what", ArrowType.Utf8.INSTANCE, List.of());
        fields.add(
            random.nextInt(fields.size() + 1),
            field("extra", ArrowType.List.INSTANCE, List.of(what)));
      }
      return fields;
    }

    private Field leaf(String name, Type type) {
      ArrowType arrow = ArrowSchemas.type(type);
      if (random.nextInt(6) > 0) {
        return field(name, arrow, List.of());
      }
      DictionaryEncoding encoding =
          new DictionaryEncoding(++lastDictionary, false, new ArrowType.Int(32, true));
      FieldVector values = field("values", arrow, List.of()).createVector(allocator);
      values.allocateNew();
      dictionaries.put(new Dictionary(values, encoding));
      return new Field(name, new FieldType(true, encoding.getIndexType(), encoding), List.of());
    }
  }
}
