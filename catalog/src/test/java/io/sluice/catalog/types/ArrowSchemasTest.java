package io.sluice.catalog.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrowSchemasTest {

  private static final List<String> NAMES =
      List.of(
          "boolean",
          "int",
          "long",
          "float",
          "double",
          "decimal(9, 2)",
          "decimal(38, 38)",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "timestamp_ns",
          "timestamptz_ns",
          "string",
          "uuid",
          "fixed[7]",
          "binary",
          "list<int>",
          "list<string not null>",
          "map<string, double>",
          "map<uuid, date not null>",
          "struct<a: int, `b c.``d`: string not null, _e1: fixed[3]>",
          "list<map<struct<x: long>, list<struct<y: timestamptz not null>>>>");

  private static Schema allTypes() {
    List<NestedField> fields = new ArrayList<>();
    for (String name : NAMES) {
      int id = fields.size() + 10;
      Type type = ArrowSchemas.parseType(name);
      fields.add(
          id % 2 == 0
              ? NestedField.required(id, "c " + name, type)
              : NestedField.optional(id, "c " + name, type));
    }
    return ArrowSchemas.numbered(fields);
  }

  @Test
  void theCanonicalTypesAreThese() {
    assertThat(ArrowSchemas.of(allTypes()).getFields().stream().map(Field::toString))
        .containsExactly(
            "c boolean: Bool not null",
            "c int: Int(32, true)",
            "c long: Int(64, true) not null",
            "c float: FloatingPoint(SINGLE)",
            "c double: FloatingPoint(DOUBLE) not null",
            "c decimal(9, 2): Decimal(9, 2, 128)",
            "c decimal(38, 38): Decimal(38, 38, 128) not null",
            "c date: Date(DAY)",
            "c time: Time(MICROSECOND, 64) not null",
            "c timestamp: Timestamp(MICROSECOND, null)",
            "c timestamptz: Timestamp(MICROSECOND, UTC) not null",
            "c timestamp_ns: Timestamp(NANOSECOND, null)",
            "c timestamptz_ns: Timestamp(NANOSECOND, UTC) not null",
            "c string: Utf8",
            "c uuid: FixedSizeBinary(16) not null",
            "c fixed[7]: FixedSizeBinary(7)",
            "c binary: Binary not null",
            "c list<int>: List<element: Int(32, true)>",
            "c list<string not null>: List<element: Utf8 not null> not null",
            "c map<string, double>: Map(false)<entries: Struct<key: Utf8 not null, value:"
                + " FloatingPoint(DOUBLE)> not null>",
            "c map<uuid, date not null>: Map(false)<entries: Struct<key: FixedSizeBinary(16) not"
                + " null, value: Date(DAY) not null> not null> not null",
            "c struct<a: int, `b c.``d`: string not null, _e1: fixed[3]>: Struct<a: Int(32, true),"
                + " b c.`d: Utf8 not null, _e1: FixedSizeBinary(3)>",
            "c list<map<struct<x: long>, list<struct<y: timestamptz not null>>>>: List<element:"
                + " Map(false)<entries: Struct<key: Struct<x: Int(64, true)> not null, value:"
                + " List<element: Struct<y: Timestamp(MICROSECOND, UTC) not null>>> not null>> not"
                + " null");
  }

  @Test
  void fieldIdsAndUuidsAreInTheMetadata() {
    List<Field> fields = ArrowSchemas.of(allTypes()).getFields();
    assertThat(fields.get(0).getMetadata()).containsOnlyKeys(ArrowSchemas.FIELD_ID);
    assertThat(fields.get(0).getMetadata()).containsEntry("PARQUET:field_id", "1");
    assertThat(fields.get(14).getMetadata()).containsEntry(ArrowSchemas.ICEBERG_TYPE, "uuid");
  }

  @Test
  void theCanonicalFormTurnsBackIntoTheSameSchema() {
    Schema schema = allTypes();
    assertThat(ArrowSchemas.toIceberg(ArrowSchemas.of(schema)).asStruct())
        .isEqualTo(schema.asStruct());
  }

  @Test
  void nestedFieldsHaveTheirIdsToo() {
    Schema schema =
        ArrowSchemas.numbered(
            List.of(
                NestedField.optional(7, "m", ArrowSchemas.parseType("map<int, list<uuid>>")),
                NestedField.optional(7, "n", ArrowSchemas.parseType("struct<a: int>"))));
    Field map = ArrowSchemas.of(schema).getFields().get(0);
    Field entries = map.getChildren().get(0);
    assertThat(entries.getMetadata()).isEmpty();
    assertThat(entries.getChildren().get(0).getMetadata())
        .containsOnly(entry(ArrowSchemas.FIELD_ID, "3"));
    Field uuid = entries.getChildren().get(1).getChildren().get(0);
    assertThat(uuid.getMetadata())
        .containsOnly(entry(ArrowSchemas.FIELD_ID, "5"), entry(ArrowSchemas.ICEBERG_TYPE, "uuid"));
    assertThat(schema.findField("n.a").fieldId()).isEqualTo(6);
  }

  @Test
  void fieldsWithoutIdsGetThemInIcebergsOrder() {
    Field a = Field.nullable("a", ArrowType.Utf8.INSTANCE);
    Field elements = Field.notNullable("item", ArrowType.LargeUtf8.INSTANCE);
    Field list =
        new Field("l", FieldType.nullable(new ArrowType.FixedSizeList(3)), List.of(elements));
    Schema schema =
        ArrowSchemas.toIceberg(
            new org.apache.arrow.vector.types.pojo.Schema(
                List.of(
                    new Field("s", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(a)),
                    list)));
    assertThat(ArrowSchemas.typeText(schema.asStruct()))
        .isEqualTo("struct<s: struct<a: string>, l: list<string not null>>");
    assertThat(schema.findField("l").fieldId()).isEqualTo(2);
    assertThat(schema.findField("s.a").fieldId()).isEqualTo(3);
    assertThat(schema.findField("l.element").fieldId()).isEqualTo(4);
  }

  @Test
  void vectorsHaveTheFormOfTheirFields() {
    for (Field field : ArrowSchemas.of(allTypes()).getFields()) {
      try (BufferAllocator allocator = new RootAllocator();
          FieldVector vector = field.createVector(allocator)) {
        assertThat(ArrowSchemas.sameForm(vector.getField(), field)).as("%s", field).isTrue();
      }
    }
    Field one =
        ArrowSchemas.field(NestedField.optional(1, "c", ArrowSchemas.parseType("list<int>")));
    assertThat(
            List.of("list<long>", "list<int not null>", "map<int, int>", "int", "list<list<int>>"))
        .allSatisfy(
            other ->
                assertThat(
                        ArrowSchemas.sameForm(
                            one,
                            ArrowSchemas.field(
                                NestedField.optional(1, "c", ArrowSchemas.parseType(other)))))
                    .isFalse());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ARRAY< Int >|list<int>
          Row<A Int, b:STRING NOT  NULL>|struct<A: int, b: string not null>
          map<string not null,decimal( 9,2 )not null>|map<string, decimal(9, 2) not null>
          struct<`x,>`:fixed[2] Comment 'it''s > a',y:list<struct<z:date>>>|struct<`x,>`: fixed[2] comment 'it''s > a', y: list<struct<z: date>>>
          """)
  void nestedTypesAreWrittenAsTheyAreRead(String text, String canonical) {
    Type type = ArrowSchemas.parseType(text);
    assertThat(ArrowSchemas.typeText(type)).isEqualTo(canonical);
    assertThat(ArrowSchemas.parseType(canonical)).isEqualTo(type);
  }

  @Test
  void otherSpellingsBecomeTheTypeThatHoldsAllTheirValues() {
    assertThat(icebergType(new ArrowType.Int(8, true))).isEqualTo(Types.IntegerType.get());
    assertThat(icebergType(new ArrowType.Int(16, false))).isEqualTo(Types.IntegerType.get());
    assertThat(icebergType(new ArrowType.Int(32, false))).isEqualTo(Types.LongType.get());
    assertThat(icebergType(new ArrowType.Int(64, false))).isEqualTo(Types.DecimalType.of(20, 0));
    assertThat(icebergType(new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)))
        .isEqualTo(Types.FloatType.get());
    assertThat(icebergType(ArrowType.LargeUtf8.INSTANCE)).isEqualTo(Types.StringType.get());
    assertThat(icebergType(ArrowType.Utf8View.INSTANCE)).isEqualTo(Types.StringType.get());
    assertThat(icebergType(ArrowType.LargeBinary.INSTANCE)).isEqualTo(Types.BinaryType.get());
    assertThat(icebergType(new ArrowType.Timestamp(TimeUnit.SECOND, "Europe/Berlin")))
        .isEqualTo(Types.TimestampType.withZone());
    assertThat(icebergType(new ArrowType.Time(TimeUnit.MILLISECOND, 32)))
        .isEqualTo(Types.TimeType.get());
    assertThat(icebergType(new ArrowType.Decimal(76, 3, 256)))
        .isEqualTo("column 'c': Arrow type Decimal(76, 3, 256) is not supported");
    assertThat(icebergType(ArrowType.List.INSTANCE))
        .isEqualTo("column 'c': Arrow type List is not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LONG|long
          decimal(10,2)|decimal(10, 2)
          Decimal( 1 , 0 )|decimal(1, 0)
          fixed(16)|fixed[16]
          fixed[3]|fixed[3]
          """)
  void namesAreTakenInTheirOtherSpellings(String name, String canonical) {
    assertThat(ArrowSchemas.parseType(name)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "varchar",
        "decimal(39, 2)",
        "decimal(5, 6)",
        "decimal",
        "fixed(0)",
        "list",
        "list<>",
        "list<int",
        "list<int>>",
        "map<int>",
        "map<int, >",
        "map<int; int>",
        "struct<>",
        "struct<a>",
        "struct<a: int b: int>",
        "struct<a: int not>",
        "struct<`a: int>"
      })
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> ArrowSchemas.parseType(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusalsSayWhatIsTaken() {
    assertThatThrownBy(() -> ArrowSchemas.parseType("map<string int>"))
        .hasMessage(
            "type 'map<string int>' has 'int>' where ',' is expected, as in struct<a: int, b:"
                + " list<string not null>, c: map<string, long>>");
    assertThatThrownBy(() -> ArrowSchemas.parseType("list<text>"))
        .hasMessageStartingWith("unknown type 'text'; the types are boolean, int, long,");
    assertThatThrownBy(() -> ArrowSchemas.parseType("list<".repeat(10_000)))
        .hasMessageStartingWith("a type is nested at most 30 deep: list<list<");
    assertThatThrownBy(() -> ArrowSchemas.parseType("varchar"))
        .hasMessageStartingWith("unknown type 'varchar'; the types are boolean, int, long,");
    assertThatThrownBy(() -> ArrowSchemas.parseType("decimal(39, 2)"))
        .hasMessage(
            "decimal(39, 2) needs a precision of 1 to 38 and a scale of 0 to the precision");
  }

  private static Object icebergType(ArrowType type) {
    try {
      return ArrowSchemas.toIceberg(
              new org.apache.arrow.vector.types.pojo.Schema(List.of(Field.nullable("c", type))))
          .columns()
          .get(0)
          .type();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
