package io.sluice.catalog.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
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
          "binary");

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
    return new Schema(fields);
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
            "c binary: Binary not null");
  }

  @Test
  void fieldIdsAndUuidsAreInTheMetadata() {
    List<Field> fields = ArrowSchemas.of(allTypes()).getFields();
    assertThat(fields.get(0).getMetadata()).containsOnlyKeys(ArrowSchemas.FIELD_ID);
    assertThat(fields.get(0).getMetadata()).containsEntry("PARQUET:field_id", "10");
    assertThat(fields.get(14).getMetadata()).containsEntry(ArrowSchemas.ICEBERG_TYPE, "uuid");
  }

  @Test
  void theCanonicalFormTurnsBackIntoTheSameSchema() {
    Schema schema = allTypes();
    assertThat(ArrowSchemas.toIceberg(ArrowSchemas.of(schema)).asStruct())
        .isEqualTo(schema.asStruct());
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
        "list<int>"
      })
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> ArrowSchemas.parseType(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusalsSayWhatIsTaken() {
    assertThatThrownBy(() -> ArrowSchemas.parseType("map<string, int>"))
        .hasMessageStartingWith(
            "nested type 'map<string, int>' is not supported yet; the types are");
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
