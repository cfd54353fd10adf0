package io.sluice.gateway.fuzz;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Makes tables, and valid Arrow streams for them: all types of columns and all the Arrow types that
 * become them, nulls, dictionaries, runs, compressed bodies, several batches.
 */
final class ValidStreams {

  private static final CodecType[] CODECS = {
    CodecType.NO_COMPRESSION, CodecType.NO_COMPRESSION, CodecType.LZ4_FRAME, CodecType.ZSTD
  };

  private final Random random;
  private final BufferAllocator allocator;

  ValidStreams(Random random, BufferAllocator allocator) {
    this.random = random;
    this.allocator = allocator;
  }

  /**
   * A table's columns and rows for it.
   *
   * @param columns without system columns
   * @param options the table's
   * @param messages of a valid stream, its schema first
   * @param values what its batches have of each of the columns, as {@link CanonicalRows#values}
   *     reads it
   */
  record Valid(
      Schema columns,
      Map<String, String> options,
      List<WireMessage> messages,
      List<List<@Nullable Object>> values) {

    Valid {
      messages = List.copyOf(messages);
      values = List.copyOf(values);
    }
  }

  /** A stream, and each column's values. */
  private record Stream(List<WireMessage> messages, List<List<@Nullable Object>> values) {}

  /** A column as it comes, and the numbers that it stands for. */
  private record Filled(FieldVector vector, List<@Nullable Integer> numbers) {}

  /** One of the table's columns, and how it comes. */
  private record Column(NestedField field, ArrowType wire, Form form) {

    boolean nullable() {
      return field.isOptional();
    }

    boolean isNull(Random random) {
      return wire instanceof ArrowType.Null || (nullable() && random.nextInt(4) == 0);
    }

    @Nullable Object canonical(@Nullable Integer number) {
      return number == null ? null : WireForms.canonical(field.type(), wire, number);
    }
  }

  /** How a column comes. */
  private enum Form {
    PLAIN,
    DICTIONARY,
    RUNS
  }

  /** Returns a table and a stream for it. */
  Valid next() {
    List<Column> columns = new ArrayList<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      columns.add(column(columns.size() + 1));
    }
    List<NestedField> known = new ArrayList<>(columns.stream().map(Column::field).toList());
    Stream stream = stream(columns);
    List<List<@Nullable Object>> values = new ArrayList<>(stream.values());
    boolean ignoring = known.size() > 1 && random.nextInt(4) == 0;
    if (ignoring) {
      int ignored = random.nextInt(known.size());
      known.remove(ignored);
      values.remove(ignored);
    }
    return new Valid(
        new Schema(known),
        Map.of("format-version", "3", "unknown.columns", ignoring ? "ignore" : "reject"),
        stream.messages(),
        values);
  }

  /** Returns another stream for the same columns. */
  List<WireMessage> streamFor(Schema schema) {
    return stream(schema.columns().stream().map(this::column).toList()).messages();
  }

  private Column column(int id) {
    WireForms.Pair pair = WireForms.any(random);
    boolean required = random.nextInt(4) == 0 && !(pair.wire() instanceof ArrowType.Null);
    NestedField field =
        required
            ? NestedField.required(id, "c" + id, pair.column())
            : NestedField.optional(id, "c" + id, pair.column());
    return new Column(field, pair.wire(), form(pair.wire()));
  }

  private Column column(NestedField field) {
    ArrowType wire = WireForms.any(random, field.type(), field.isRequired());
    return new Column(field, wire, form(wire));
  }

  private Form form(ArrowType wire) {
    if (wire instanceof ArrowType.Null) {
      return Form.PLAIN;
    }
    int choice = random.nextInt(6);
    return choice == 0 ? Form.DICTIONARY : choice == 1 ? Form.RUNS : Form.PLAIN;
  }

  private Stream stream(List<Column> columns) {
    int rows = random.nextInt(6) == 0 ? random.nextInt(2) : random.nextInt(20);
    int batches = 1 + random.nextInt(3);
    List<FieldVector> opened = new ArrayList<>();
    try {
      MapDictionaryProvider dictionaries = new MapDictionaryProvider();
      List<FieldVector> vectors = new ArrayList<>();
      List<List<@Nullable Object>> values = new ArrayList<>();
      for (Column column : columns) {
        Filled filled = filled(column, rows, dictionaries, opened);
        opened.add(filled.vector());
        vectors.add(filled.vector());
        values.add(filled.numbers().stream().map(column::canonical).toList());
      }
      return new Stream(
          WireMessage.split(write(vectors, rows, batches, dictionaries)),
          repeated(values, batches));
    } finally {
      opened.forEach(FieldVector::close);
    }
  }

  private static List<List<@Nullable Object>> repeated(
      List<List<@Nullable Object>> values, int times) {
    List<List<@Nullable Object>> repeated = new ArrayList<>();
    for (List<@Nullable Object> column : values) {
      List<@Nullable Object> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        all.addAll(column);
      }
      repeated.add(all);
    }
    return repeated;
  }

  private byte[] write(
      List<FieldVector> vectors, int rows, int batches, MapDictionaryProvider dictionaries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorSchemaRoot root =
        new VectorSchemaRoot(vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
    CodecType codec = CODECS[random.nextInt(CODECS.length)];
    boolean plain = codec == CodecType.NO_COMPRESSION;
    try (ArrowStreamWriter writer =
        new ArrowStreamWriter(
            root,
            dictionaries,
            Channels.newChannel(out),
            IpcOption.DEFAULT,
            plain ? NoCompressionCodec.Factory.INSTANCE : CommonsCompressionFactory.INSTANCE,
            codec)) {
      writer.start();
      for (int i = 0; i < batches; i++) {
        writer.writeBatch();
      }
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private Filled filled(
      Column column, int rows, MapDictionaryProvider dictionaries, List<FieldVector> opened) {
    return switch (column.form()) {
      case PLAIN -> plain(column.field().name(), column, rows);
      case DICTIONARY -> places(column, rows, dictionaries, opened);
      case RUNS -> runs(column, rows);
    };
  }

  private Filled plain(String name, Column column, int rows) {
    List<@Nullable Integer> numbers = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      numbers.add(column.isNull(random) ? null : WireForms.number(random, column.wire()));
    }
    FieldVector vector = vector(name, column.nullable(), column.wire(), null);
    if (!(column.wire() instanceof ArrowType.Null)) {
      WireForms.fill(vector, numbers);
    } else {
      vector.setValueCount(rows);
    }
    return new Filled(vector, numbers);
  }

  private Filled places(
      Column column, int rows, MapDictionaryProvider dictionaries, List<FieldVector> opened) {
    Filled values = plain("values", column, 1 + random.nextInt(5));
    opened.add(values.vector());
    ArrowType.Int index = new ArrowType.Int(8 << random.nextInt(4), true);
    DictionaryEncoding encoding = new DictionaryEncoding(column.field().fieldId(), false, index);
    dictionaries.put(new Dictionary(values.vector(), encoding));
    List<@Nullable Integer> places = new ArrayList<>();
    List<@Nullable Integer> numbers = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Integer place = column.isNull(random) ? null : random.nextInt(values.numbers().size());
      places.add(place);
      numbers.add(place == null ? null : values.numbers().get(place));
    }
    FieldVector vector = vector(column.field().name(), column.nullable(), index, encoding);
    WireForms.fill(vector, places);
    return new Filled(vector, numbers);
  }

  private Filled runs(Column column, int rows) {
    List<@Nullable Integer> ends = new ArrayList<>();
    for (int end = 0; end < rows; ) {
      end = Math.min(rows, end + 1 + random.nextInt(5));
      ends.add(end);
    }
    Filled values = plain("values", column, ends.size());
    List<@Nullable Integer> numbers = new ArrayList<>();
    for (int run = 0; run < ends.size(); run++) {
      while (numbers.size() < requireNonNull(ends.get(run))) {
        numbers.add(values.numbers().get(run));
      }
    }
    ArrowType.Int endType = new ArrowType.Int(rows < 100 ? 16 << random.nextInt(3) : 32, true);
    Field endField = new Field("run_ends", FieldType.notNullable(endType), List.of());
    FieldType type = new FieldType(column.nullable(), ArrowType.RunEndEncoded.INSTANCE, null);
    RunEndEncodedVector vector =
        (RunEndEncodedVector)
            new Field(column.field().name(), type, List.of(endField, values.vector().getField()))
                .createVector(allocator);
    WireForms.fill(vector.getChildrenFromFields().get(0), ends);
    values.vector().makeTransferPair(vector.getChildrenFromFields().get(1)).transfer();
    values.vector().close();
    vector.setValueCount(rows);
    return new Filled(vector, numbers);
  }

  private FieldVector vector(
      String name, boolean nullable, ArrowType type, @Nullable DictionaryEncoding encoding) {
    return new Field(name, new FieldType(nullable, type, encoding), List.of())
        .createVector(allocator);
  }
}
