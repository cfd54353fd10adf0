package io.sluice.compactor.write;

import static io.sluice.testing.Seeded.seeds;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.Promotion;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Rows of nested columns whose fields the lake has otherwise by now. */
class NestedEvolutionTest {

  @TempDir Path folder;

  private LakeFileFixture fixture;

  @BeforeEach
  void opensFixture() {
    fixture = new LakeFileFixture(folder);
  }

  @AfterEach
  void closesFixture() {
    fixture.close();
  }

  @TestFactory
  Stream<DynamicTest> fieldsAreFoundByTheirIds() {
    return seeds(
        40,
        random -> {
          Schema old = NestedTypes.schema(1 + random.nextInt(3), 1 + random.nextInt(4), random);
          Changes changes = new Changes(random);
          Schema now =
              SystemColumns.addTo(
                  new Schema(changes.fields(SystemColumns.removeFrom(old).columns())));
          for (NestedField column : SystemColumns.removeFrom(now).columns()) {
            NestedField was = old.findField(column.fieldId());
            if (was != null && !was.type().equals(column.type())) {
              assertThat(Promotion.isPossible(was.type(), column.type())).isTrue();
            }
          }
          List<Record> rows = NestedTypes.rows(old, 200, random);

          LakeFile file = fixture.write(old, now, rows, Map.of(), LakeFileSettings.DEFAULT, random);

          List<Record> expected = new ArrayList<>();
          for (Record row : rows) {
            Record made = GenericRecord.create(now);
            for (NestedField column : SystemColumns.removeFrom(now).columns()) {
              NestedField was = old.findField(column.fieldId());
              if (was != null) {
                Object value = row.getField(was.name());
                made.setField(column.name(), projected(value, was.type(), column.type()));
              }
            }
            expected.add(made);
          }
          assertThat(NestedTypes.plain(LakeFileFixture.read(file, now)))
              .isEqualTo(NestedTypes.plain(LakeFileFixture.withSystemColumns(expected)));
        });
  }

  private static @Nullable Object projected(@Nullable Object value, Type was, Type now) {
    if (value instanceof Record struct) {
      Record made = GenericRecord.create(now.asStructType());
      for (NestedField field : now.asStructType().fields()) {
        NestedField before = was.asStructType().field(field.fieldId());
        made.setField(
            field.name(),
            before == null
                ? null
                : projected(struct.getField(before.name()), before.type(), field.type()));
      }
      return made;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> made = new ArrayList<>();
      for (Object element : list) {
        made.add(
            projected(element, was.asListType().elementType(), now.asListType().elementType()));
      }
      return made;
    }
    if (value instanceof Map<?, ?> map) {
      Map<@Nullable Object, @Nullable Object> made = new LinkedHashMap<>();
      map.forEach(
          (key, element) ->
              made.put(
                  projected(key, was.asMapType().keyType(), now.asMapType().keyType()),
                  projected(element, was.asMapType().valueType(), now.asMapType().valueType())));
      return made;
    }
    if (value instanceof Integer number && now.typeId() == Type.TypeID.LONG) {
      return number.longValue();
    }
    return value instanceof Float number && now.typeId() == Type.TypeID.DOUBLE
        ? (Object) number.doubleValue()
        : value;
  }

  /** What becomes of columns, by chance. */
  private static final class Changes {

    private final Random random;
    private int id = 10_000;

    Changes(Random random) {
      this.random = random;
    }

    List<NestedField> fields(List<NestedField> fields) {
      List<NestedField> changed = new ArrayList<>();
      for (NestedField field : fields) {
        if (changed.isEmpty() || random.nextInt(5) != 0) {
          changed.add(
              NestedField.from(field)
                  .withName(random.nextInt(4) == 0 ? field.name() + "_now" : field.name())
                  .isOptional(field.isOptional() || random.nextInt(4) == 0)
                  .ofType(type(field.type()))
                  .build());
        }
      }
      if (random.nextInt(3) == 0) {
        Type added =
            random.nextBoolean()
                ? Types.StringType.get()
                : Types.ListType.ofRequired(
                    id++, Types.StructType.of(required(id++, "deep", Types.LongType.get())));
        changed.add(optional(id++, "added" + id, added));
      }
      Collections.shuffle(changed, random);
      return changed;
    }

    private Type type(Type type) {
      return switch (type.typeId()) {
        case STRUCT -> Types.StructType.of(fields(type.asStructType().fields()));
        case LIST -> {
          Types.ListType list = type.asListType();
          Type element = type(list.elementType());
          yield list.isElementOptional() || random.nextInt(3) == 0
              ? Types.ListType.ofOptional(list.elementId(), element)
              : Types.ListType.ofRequired(list.elementId(), element);
        }
        case MAP -> {
          Types.MapType map = type.asMapType();
          Type value = type(map.valueType());
          yield map.isValueOptional() || random.nextInt(3) == 0
              ? Types.MapType.ofOptional(map.keyId(), map.valueId(), map.keyType(), value)
              : Types.MapType.ofRequired(map.keyId(), map.valueId(), map.keyType(), value);
        }
        case INTEGER -> random.nextBoolean() ? Types.LongType.get() : type;
        case FLOAT -> random.nextBoolean() ? Types.DoubleType.get() : type;
        case DECIMAL -> {
          Types.DecimalType decimal = (Types.DecimalType) type;
          int digits = decimal.precision() + random.nextInt(39 - decimal.precision());
          yield Types.DecimalType.of(digits, decimal.scale());
        }
        default -> type;
      };
    }
  }

  @Test
  void whatCannotBeWrittenIsNamedByItsPath() {
    Type old =
        Types.ListType.ofOptional(2, Types.StructType.of(optional(3, "x", Types.LongType.get())));
    Map<Type, String> messages =
        Map.of(
            element(optional(3, "x", Types.IntegerType.get())),
            "column 'c.element.x' is int in the lake, but the log has Int(64, true)",
            element(optional(3, "x", Types.ListType.ofOptional(4, Types.LongType.get()))),
            "column 'c.element.x' is list<long> in the lake, but the log has Int(64, true)",
            element(optional(3, "x", Types.LongType.get()), required(4, "y", Types.LongType.get())),
            "column 'c.element.y' is required in the lake, but was added after these rows",
            Types.ListType.ofOptional(9, Types.LongType.get()),
            "column 'c.element' is required in the lake, but was added after these rows",
            Types.StructType.of(optional(3, "x", Types.LongType.get())),
            "column 'c' is struct<3: x: optional long> in the lake, but the log has List");
    Schema written = SystemColumns.addTo(new Schema(optional(1, "c", old)));
    List<Record> rows = NestedTypes.rows(written, 5, new Random(1));
    messages.forEach(
        (type, message) ->
            assertThatThrownBy(
                    () ->
                        write(
                            written,
                            SystemColumns.addTo(new Schema(optional(1, "c", type))),
                            rows,
                            Map.of()))
                .isInstanceOf(UnwritableRowsException.class)
                .hasMessageContaining(message));
  }

  private static Type element(NestedField... fields) {
    return Types.ListType.ofOptional(2, Types.StructType.of(fields));
  }

  @Test
  void aStructWithoutFieldsIsRefused() {
    assertThatThrownBy(
            () -> LakeSchema.of(new Schema(optional(1, "c", Types.StructType.of(List.of())))))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessage("the compactor can't write structs without fields");
  }

  @Test
  void namesThatParquetSpellsAlikeStayApart() throws IOException {
    Type struct =
        Types.StructType.of(
            optional(2, "a.b", Types.IntegerType.get()),
            optional(
                3,
                "a_x2Eb",
                Types.ListType.ofOptional(
                    4, Types.StructType.of(optional(5, "f", Types.DecimalType.of(20, 3))))),
            optional(6, "a_x2Eb_3", Types.UUIDType.get()));
    Schema schema = SystemColumns.addTo(new Schema(optional(1, "c", struct)));
    List<Record> rows = NestedTypes.rows(schema, 100, new Random(5));
    rows.get(0).setField("c", NestedTypes.value(struct, new Random(6)));

    LakeFile file =
        write(schema, schema, rows, Map.of("write.metadata.metrics.column.c.a.b", "counts"));

    assertThat(NestedTypes.plain(LakeFileFixture.read(file, schema)))
        .isEqualTo(NestedTypes.plain(LakeFileFixture.withSystemColumns(rows)));
    assertThat(file.metrics().valueCounts()).containsKeys(2, 6);
    assertThat(file.metrics().upperBounds()).containsKey(6).doesNotContainKey(2);
    assertThat(LakeSchema.hasDistinctNames(schema)).isFalse();
    assertThat(LakeSchema.hasDistinctNames(AllTypes.SCHEMA)).isTrue();
  }

  @Test
  void aFieldMayHaveABloomFilter() throws IOException {
    Schema schema =
        SystemColumns.addTo(
            new Schema(
                optional(
                    1,
                    "places",
                    Types.ListType.ofOptional(
                        2,
                        Types.StructType.of(
                            optional(3, "x", Types.LongType.get()),
                            optional(4, "price", Types.DecimalType.of(9, 2)))))));
    List<Record> rows = new ArrayList<>();
    for (long i = 0; i < 500; i++) {
      Record place = GenericRecord.create(schema.findType("places.element").asStructType());
      place.setField("x", i);
      place.setField("price", BigDecimal.valueOf(i, 2));
      Record row = GenericRecord.create(schema);
      row.setField("places", List.of(place, place));
      rows.add(row);
    }

    LakeFile file =
        write(
            schema,
            schema,
            rows,
            Map.of("write.parquet.bloom-filter-enabled.column.places.element.x", "true"));

    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(Path.of(file.location())))) {
      var columns = reader.getFooter().getBlocks().get(0).getColumns();
      var bloom = reader.readBloomFilter(columns.get(0));
      assertThat(bloom.findHash(bloom.hash(499L))).isTrue();
      assertThat(bloom.findHash(bloom.hash(500_000L))).isFalse();
      assertThat(reader.readBloomFilter(columns.get(1))).isNull();
    }
  }

  private LakeFile write(
      Schema written, Schema current, List<Record> rows, Map<String, String> properties)
      throws IOException {
    return fixture.write(
        written, current, rows, properties, LakeFileSettings.DEFAULT, new Random(rows.size()));
  }
}
