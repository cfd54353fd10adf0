package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.types.ArrowSchemas;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class FlinkTypesTest {

  private static final Map<String, DataType> SAME =
      Map.ofEntries(
          Map.entry("boolean", DataTypes.BOOLEAN()),
          Map.entry("int", DataTypes.INT()),
          Map.entry("long", DataTypes.BIGINT()),
          Map.entry("float", DataTypes.FLOAT()),
          Map.entry("double", DataTypes.DOUBLE()),
          Map.entry("decimal(38, 37)", DataTypes.DECIMAL(38, 37)),
          Map.entry("date", DataTypes.DATE()),
          Map.entry("time", DataTypes.TIME()),
          Map.entry("timestamp", DataTypes.TIMESTAMP(6)),
          Map.entry("timestamptz", DataTypes.TIMESTAMP_LTZ(6)),
          Map.entry("string", DataTypes.STRING()),
          Map.entry("fixed(7)", DataTypes.BINARY(7)),
          Map.entry("binary", DataTypes.BYTES()));

  @Test
  void theseTypesGoBothWays() {
    SAME.forEach(
        (name, flink) -> {
          Type iceberg = ArrowSchemas.parseType(name);
          assertThat(FlinkTypes.flinkType(iceberg, true)).isEqualTo(flink.getLogicalType());
          assertThat(FlinkTypes.flinkType(iceberg, false))
              .isEqualTo(flink.notNull().getLogicalType());
          assertThat(FlinkTypes.icebergType("c", flink.getLogicalType())).isEqualTo(iceberg);
        });
  }

  @Test
  void theseTypesAreReadAsTheNearestOfFlinks() {
    assertThat(FlinkTypes.flinkType(ArrowSchemas.parseType("uuid"), true))
        .isEqualTo(DataTypes.BINARY(16).getLogicalType());
    assertThat(FlinkTypes.flinkType(ArrowSchemas.parseType("timestamp_ns"), true))
        .isEqualTo(DataTypes.TIMESTAMP(9).getLogicalType());
  }

  @Test
  void narrowerTypesAreStoredInTheNextThatHoldsThem() {
    assertStored(DataTypes.SMALLINT(), "int");
    assertStored(DataTypes.TINYINT(), "int");
    assertStored(DataTypes.VARCHAR(10), "string");
    assertStored(DataTypes.TIMESTAMP(3), "timestamp");
    assertStored(DataTypes.TIMESTAMP_LTZ(0), "timestamptz");
  }

  @Test
  void typesThatWouldLoseSomethingAreRefusedWithWhatToUse() {
    assertRefused(DataTypes.TIMESTAMP(9), "column 'c' can't be of type TIMESTAMP(9)");
    assertRefused(DataTypes.TIMESTAMP_WITH_TIME_ZONE(3), "use TIMESTAMP_LTZ(6)");
    assertRefused(DataTypes.CHAR(3), "use STRING");
    assertRefused(DataTypes.MULTISET(DataTypes.INT()), "use MAP<..., INT NOT NULL>");
    assertRefused(
        DataTypes.ARRAY(DataTypes.ROW(DataTypes.FIELD("at", DataTypes.TIMESTAMP(7)))),
        "column 'c.element.at' can't be of type TIMESTAMP(7): the lake keeps microseconds");
    assertRefused(
        DataTypes.MAP(DataTypes.CHAR(1), DataTypes.INT()), "column 'c.key' can't be of type CHAR");
    assertRefused(
        DataTypes.MAP(DataTypes.INT(), DataTypes.MULTISET(DataTypes.INT())), "column 'c.value'");
  }

  @Test
  void nestedTypesGoBothWaysWithNullsAndComments() {
    assertNested("list<int not null>", DataTypes.ARRAY(DataTypes.INT().notNull()));
    assertNested("list<string>", DataTypes.ARRAY(DataTypes.STRING()));
    assertNested("map<string, double>", DataTypes.MAP(DataTypes.STRING(), DataTypes.DOUBLE()));
    assertNested(
        "map<date, list<time> not null>",
        DataTypes.MAP(DataTypes.DATE(), DataTypes.ARRAY(DataTypes.TIME()).notNull()));
    assertNested(
        "struct<a: int not null comment 'the ''first''', `b c`: struct<d: timestamptz>>",
        DataTypes.ROW(
            DataTypes.FIELD("a", DataTypes.INT().notNull(), "the 'first'"),
            DataTypes.FIELD(
                "b c", DataTypes.ROW(DataTypes.FIELD("d", DataTypes.TIMESTAMP_LTZ(6))))));
  }

  @Test
  void theKeysOfAMapMayBeSaidToBeNotNull() {
    assertThat(
            ArrowSchemas.typeText(
                FlinkTypes.icebergType(
                    "c",
                    DataTypes.MAP(DataTypes.INT().notNull(), DataTypes.INT()).getLogicalType())))
        .isEqualTo("map<int, int>");
  }

  @Test
  void fieldsWithinOthersAreStoredAsColumnsAre() {
    DataType narrow =
        DataTypes.ROW(
            DataTypes.FIELD("a", DataTypes.ARRAY(DataTypes.SMALLINT())),
            DataTypes.FIELD("b", DataTypes.TIMESTAMP(3)));
    assertThat(ArrowSchemas.typeText(FlinkTypes.icebergType("c", narrow.getLogicalType())))
        .isEqualTo("struct<a: list<int>, b: timestamp>");
    assertThat(FlinkTypes.flinkType(ArrowSchemas.parseType("list<uuid>"), true))
        .isEqualTo(DataTypes.ARRAY(DataTypes.BINARY(16)).getLogicalType());
  }

  private static void assertNested(String text, DataType flink) {
    Type iceberg = ArrowSchemas.parseType(text);
    assertThat(FlinkTypes.flinkType(iceberg, true)).isEqualTo(flink.getLogicalType());
    assertThat(FlinkTypes.flinkType(iceberg, false)).isEqualTo(flink.notNull().getLogicalType());
    Type back = FlinkTypes.icebergType("c", flink.getLogicalType());
    assertThat(ArrowSchemas.typeText(back)).isEqualTo(text);
    assertThat(new Schema(NestedField.optional(0, "c", back)).findField(1)).isNotNull();
    assertThat(FlinkTypes.withoutComments(FlinkTypes.flinkType(back, true)))
        .isEqualTo(FlinkTypes.withoutComments(flink.getLogicalType()));
  }

  private static void assertStored(DataType flink, String iceberg) {
    assertThat(FlinkTypes.icebergType("c", flink.getLogicalType()))
        .isEqualTo(ArrowSchemas.parseType(iceberg));
  }

  private static void assertRefused(DataType flink, String message) {
    LogicalType type = flink.getLogicalType();
    assertThatThrownBy(() -> FlinkTypes.icebergType("c", type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
