package io.sluice.catalog.table;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LakePartitioningTest {

  private static final Schema SCHEMA =
      SystemColumns.addTo(
          new Schema(
              optional(1, "id", Types.LongType.get()),
              optional(2, "carrier", Types.StringType.get()),
              optional(3, "time_hour", Types.TimestampType.withZone()),
              optional(4, "ein `Name`, lang", Types.StringType.get()),
              optional(5, "größe", Types.DoubleType.get()),
              optional(6, "bucket", Types.DateType.get())));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "carrier",
        "month(time_hour),carrier",
        "bucket(16, id),truncate(4, carrier)",
        "year(bucket),bucket",
        "day(_timestamp),hour(time_hour)",
        "`ein ``Name``, lang`,bucket(2, `ein ``Name``, lang`)",
        "größe",
      })
  void whatIsWrittenIsReadBack(String text) {
    LakePartitioning partitioning = LakePartitioning.parse(text);
    assertThat(partitioning).hasToString(text);
    assertThat(partitioning.isPartitioned()).isTrue();
    assertThat(partitioning.spec(SCHEMA).fields()).hasSameSizeAs(partitioning.terms());
  }

  @Test
  void spellingsAreMadeAlike() {
    assertThat(LakePartitioning.parse(" MONTHS( time_hour ) , `carrier`,BUCKET(3,id) "))
        .hasToString("month(time_hour),carrier,bucket(3, id)");
    assertThat(LakePartitioning.parse("  ")).isEqualTo(LakePartitioning.NONE).hasToString("");
  }

  @Test
  void fieldsHaveTheNamesThatIcebergGivesThem() {
    assertThat(
            LakePartitioning.parse("month(time_hour),carrier,bucket(4, id)").spec(SCHEMA).fields())
        .extracting(PartitionField::name)
        .containsExactly("time_hour_month", "carrier", "id_bucket");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      textBlock =
          """
          month(time_hour;it can't be read from '(time_hour' on
          carrier,;a field is missing at its end
          ,carrier;it can't be read from ',carrier' on
          carrier id;it can't be read from 'id' on
          my-column;it can't be read from '-column' on
          week(time_hour);there is no transform 'week'
          bucket(id);bucket(...) takes a number and a column
          month(3, time_hour);month(...) takes a column alone
          bucket(0, id);bucket(0, ...) is out of range
          truncate(99999999999, carrier);truncate(99999999999, ...) is out of range
          carrier,id,carrier;carrier is there twice
          """)
  void whatCantBeReadIsRefused(String text, String message) {
    assertThatThrownBy(() -> LakePartitioning.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      textBlock =
          """
          when;names no column: 'when'
          month(carrier);can't have month(carrier): column 'carrier' is string
          bucket(4, größe);can't have bucket(4, größe): column 'größe' is double
          year(time_hour),month(time_hour);can't have month(time_hour)
          """)
  void whatTheColumnsCantBePartitionedByIsRefused(String text, String message) {
    assertThatThrownBy(() -> LakePartitioning.parse(text).spec(SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void fieldsHaveABound() {
    assertThatThrownBy(() -> LakePartitioning.parse("a,b,c,d,e,f,g,h,i"))
        .hasMessageContaining("9 fields, more than 8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"`%s`", "bucket(16, `%s`)"})
  @Timeout(10)
  void namesMayBeLong(String text) {
    for (String part : new String[] {"a", "``", "a b``"}) {
      String name = text.formatted(part.repeat(100_000 / part.length()));
      assertThat(LakePartitioning.parse(LakePartitioning.parse(name).toString()).terms())
          .hasSize(1)
          .allMatch(term -> term.column().length() >= 50_000);
    }
    String plain = "x".repeat(100_000);
    assertThat(LakePartitioning.parse(plain)).hasToString(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s-",
        "carrier%s-",
        "carrier,%s-",
        "month%s-",
        "month(%s-",
        "bucket(3%s-",
        "bucket(3,%s-",
        "bucket(3,id%s-",
        "bucket(3,id)%s-"
      })
  @Timeout(10)
  void spacesMayBeMany(String text) {
    assertThatThrownBy(() -> LakePartitioning.parse(text.formatted(" ".repeat(100_000))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it can't be read from");
  }

  /** Whoever reads the message shouldn't have to search it for what is wrong. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-%s",
        "`%s",
        "%s(id)",
        "bucket(1%s, id)",
        "bucket(1%s, id),%s(id)",
        "month(%s",
        "%s,%s"
      })
  @Timeout(10)
  void errorsRepeatLittleOfTheText(String text) {
    for (String part : new String[] {"1", "a"}) {
      assertThatThrownBy(() -> LakePartitioning.parse(text.replace("%s", part.repeat(9_999))))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .hasSizeLessThan(250);
    }
  }
}
