package io.sluice.gateway.read;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.log.frame.BoundKind;
import io.sluice.log.frame.ColumnBounds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.DecimalType;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.StructType;
import org.apache.iceberg.types.Types.TimestampType;
import org.junit.jupiter.api.Test;

class FrameFilterTest {

  private static final int ROWS = 10;
  private static final Schema COLUMNS =
      new Schema(
          optional(1, "id", LongType.get()),
          optional(2, "name", StringType.get()),
          optional(3, "at", TimestampType.withZone()),
          optional(4, "price", DecimalType.of(9, 2)),
          optional(5, "place", StructType.of(optional(6, "x", LongType.get()))));

  private final Table table = table();

  @Test
  void aFrameIsLeftOutIfItsBoundsAreOutside() {
    List<ColumnBounds> frame = frame(longs(100, 200));
    assertThat(passes(frame, "{\"type\":\"eq\",\"term\":\"id\",\"value\":150}")).isTrue();
    assertThat(passes(frame, "{\"type\":\"eq\",\"term\":\"id\",\"value\":201}")).isFalse();
    assertThat(passes(frame, "{\"type\":\"lt\",\"term\":\"id\",\"value\":100}")).isFalse();
    assertThat(passes(frame, "{\"type\":\"lt-eq\",\"term\":\"id\",\"value\":100}")).isTrue();
    assertThat(passes(frame, "{\"type\":\"in\",\"term\":\"id\",\"values\":[1,2,250]}")).isFalse();
    assertThat(passes(frame, "{\"type\":\"in\",\"term\":\"id\",\"values\":[1,200]}")).isTrue();
  }

  @Test
  void fieldsWithinColumnsHaveNoBoundsAndLetAllPass() {
    List<ColumnBounds> frame = frame(longs(100, 200));
    String within = "{\"type\":\"eq\",\"term\":\"place.x\",\"value\":1}";
    assertThat(passes(frame, within)).isTrue();
    assertThat(passes(frame, "{\"type\":\"is-null\",\"term\":\"place.x\"}")).isTrue();
    String below = "{\"type\":\"lt\",\"term\":\"id\",\"value\":100}";
    assertThat(passes(frame, both("and", below, within))).isFalse();
  }

  @Test
  void partsAreCombined() {
    List<ColumnBounds> frame = frame(longs(100, 200));
    String below = "{\"type\":\"lt\",\"term\":\"id\",\"value\":100}";
    String within = "{\"type\":\"gt\",\"term\":\"id\",\"value\":150}";
    assertThat(passes(frame, both("and", below, within))).isFalse();
    assertThat(passes(frame, both("or", below, within))).isTrue();
    assertThat(passes(frame, "{\"type\":\"not\",\"child\":" + below + "}")).isTrue();
  }

  @Test
  void boundsThatWereCutLetTheirValuesPass() {
    // As of "aaaaaaaaaaaaaaaaaaaa" alone: cut to 16 bytes, the upper one raised.
    List<ColumnBounds> frame = frame(texts("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaab"));
    String equal = "{\"type\":\"eq\",\"term\":\"name\",\"value\":\"%s\"}";
    assertThat(passes(frame, equal.formatted("a".repeat(20)))).isTrue();
    assertThat(passes(frame, equal.formatted("b"))).isFalse();
    String prefix = "{\"type\":\"starts-with\",\"term\":\"name\",\"value\":\"%s\"}";
    assertThat(passes(frame, prefix.formatted("a".repeat(18)))).isTrue();
    assertThat(passes(frame, prefix.formatted("ab"))).isFalse();
  }

  @Test
  void valuesAreReadAsTheirColumnsTypes() {
    ColumnBounds at = bounds(3, BoundKind.LONG, TimestampType.withZone(), 1_000_000L, 2_000_000L);
    List<ColumnBounds> frame = frame(at);
    String later = "{\"type\":\"gt\",\"term\":\"at\",\"value\":\"1970-01-01T00:00:%s+00:00\"}";
    assertThat(passes(frame, later.formatted("01.5"))).isTrue();
    assertThat(passes(frame, later.formatted("02"))).isFalse();
    ColumnBounds price =
        bounds(
            4,
            BoundKind.DECIMAL,
            DecimalType.of(9, 2),
            new java.math.BigDecimal("1.50"),
            new java.math.BigDecimal("9.99"));
    String dearer = "{\"type\":\"gt\",\"term\":\"price\",\"value\":\"%s\"}";
    assertThat(passes(frame(price), dearer.formatted("9.98"))).isTrue();
    assertThat(passes(frame(price), dearer.formatted("10.00"))).isFalse();
  }

  @Test
  void nullsAreKnown() {
    List<ColumnBounds> none = frame(new ColumnBounds(1, BoundKind.LONG, ROWS, null, null));
    assertThat(passes(none, "{\"type\":\"not-null\",\"term\":\"id\"}")).isFalse();
    assertThat(passes(none, "{\"type\":\"is-null\",\"term\":\"id\"}")).isTrue();
    assertThat(passes(none, "{\"type\":\"gt\",\"term\":\"id\",\"value\":0}")).isFalse();
    assertThat(passes(frame(longs(1, 2)), "{\"type\":\"is-null\",\"term\":\"id\"}")).isFalse();
  }

  @Test
  void whatIsntKnownPasses() {
    String filter = "{\"type\":\"gt\",\"term\":\"id\",\"value\":0}";
    assertThat(passes(frame(), filter)).as("no bounds at all").isTrue();
    List<ColumnBounds> unbound = frame(new ColumnBounds(1, BoundKind.LONG, 0, null, null));
    assertThat(passes(unbound, filter)).isTrue();
    assertThat(passes(frame(longs(-5, -1)), "")).as("no filter").isTrue();
  }

  @Test
  void boundsOfBeforeATypeWasWidenedCount() {
    List<ColumnBounds> frame = frame(bounds(1, BoundKind.INT, IntegerType.get(), 5, 7));
    assertThat(passes(frame, "{\"type\":\"eq\",\"term\":\"id\",\"value\":6}")).isTrue();
    assertThat(passes(frame, "{\"type\":\"eq\",\"term\":\"id\",\"value\":8}")).isFalse();
  }

  @Test
  void whatIsNoFilterIsNamed() {
    assertThatThrownBy(() -> FrameFilter.of(table, "{\"type\":\"is-null\",\"term\":\"none\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("db.t")
        .hasMessageContaining("none");
    String deep = "{\"type\":\"not\",\"child\":".repeat(5_000) + "true" + "}".repeat(5_000);
    assertThatThrownBy(() -> FrameFilter.of(table, deep))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private boolean passes(List<ColumnBounds> frame, String filter) {
    return FrameFilter.of(table, filter).mayMatch(ROWS, frame);
  }

  private static String both(String type, String left, String right) {
    return "{\"type\":\"%s\",\"left\":%s,\"right\":%s}".formatted(type, left, right);
  }

  private static List<ColumnBounds> frame(ColumnBounds... bounds) {
    return List.of(bounds);
  }

  private static ColumnBounds longs(long lower, long upper) {
    return bounds(1, BoundKind.LONG, LongType.get(), lower, upper);
  }

  private static ColumnBounds texts(String lower, String upper) {
    return new ColumnBounds(2, BoundKind.BYTES, 0, utf8(lower), utf8(upper));
  }

  private static ColumnBounds bounds(
      int id, BoundKind kind, Type type, Object lower, Object upper) {
    return new ColumnBounds(
        id, kind, 0, Conversions.toByteBuffer(type, lower), Conversions.toByteBuffer(type, upper));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Table table() {
    UUID id = UUID.randomUUID();
    return new Table(
        new TableName("db", "t"),
        id,
        UUID.randomUUID(),
        "file:/w/" + id,
        Map.of(0, SystemColumns.addTo(COLUMNS)),
        0,
        TableOptions.parse(Map.of()),
        "",
        Instant.EPOCH);
  }
}
