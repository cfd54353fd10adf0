package io.sluice.flink.read;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.UnboundPredicate;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class LogFilterTest {

  private static final Schema SCHEMA =
      new Schema(
          optional(1, "b", Types.BooleanType.get()),
          optional(2, "i", Types.IntegerType.get()),
          optional(3, "l", Types.LongType.get()),
          optional(4, "d", Types.DoubleType.get()),
          optional(5, "m", Types.DecimalType.of(9, 2)),
          optional(6, "s", Types.StringType.get()),
          optional(7, "day", Types.DateType.get()),
          optional(8, "t", Types.TimeType.get()),
          optional(9, "ts", Types.TimestampType.withoutZone()),
          optional(10, "tz", Types.TimestampType.withZone()),
          optional(11, "x", Types.BinaryType.get()));

  /** Values as Flink's filters have them, which are those of Iceberg's own generic types. */
  private static final Map<String, Object> VALUES =
      Map.ofEntries(
          Map.entry("b", true),
          Map.entry("i", 7),
          Map.entry("l", 7L),
          Map.entry("d", 7.5),
          Map.entry("m", new BigDecimal("7.25")),
          Map.entry("s", "ä\"x"),
          Map.entry("day", 20_000),
          Map.entry("t", 3_600_000_000L),
          Map.entry("ts", 1_700_000_000_123_456L),
          Map.entry("tz", 1_700_000_000_123_456L),
          Map.entry("x", ByteBuffer.wrap(new byte[] {1, 2})));

  @Test
  void aGatewayUnderstandsValuesOfAllTypes() {
    VALUES.forEach(
        (name, value) -> {
          Expression filter = Expressions.lessThanOrEqual(name, value);
          assertThat(overTheWire(filter)).as(name).isEqualTo(bound(filter));
          Expression in = Expressions.in(name, value);
          assertThat(overTheWire(in)).as(name).isEqualTo(bound(in));
        });
    Expression mixed =
        Expressions.or(
            Expressions.not(Expressions.isNull("s")),
            Expressions.and(Expressions.startsWith("s", "a"), Expressions.in("l", 1L, 2L)));
    assertThat(overTheWire(mixed)).isEqualTo(bound(mixed));
  }

  private static String overTheWire(Expression filter) {
    String json = ExpressionParser.toJson(LogFilter.of(List.of(filter), SCHEMA));
    return bound(ExpressionParser.fromJson(json, SCHEMA));
  }

  private static String bound(Expression filter) {
    return Binder.bind(SCHEMA.asStruct(), filter, true).toString();
  }

  @Test
  void whatTheGatewayDoesNotKnowIsLeftOut() {
    UnboundPredicate<Long> offset = Expressions.greaterThan(SystemColumns.OFFSET, 5L);
    UnboundPredicate<Integer> gone = Expressions.equal("gone", 1);
    assertThat(LogFilter.of(List.of(offset, gone), SCHEMA)).isSameAs(Expressions.alwaysTrue());
    assertThat(LogFilter.of(List.of(), SCHEMA)).isSameAs(Expressions.alwaysTrue());
    Expression kept = LogFilter.of(List.of(gone, Expressions.equal("i", 7)), SCHEMA);
    assertThat(ExpressionParser.toJson(kept))
        .isEqualTo(ExpressionParser.toJson(Expressions.equal("i", 7)));
  }

  @Test
  void aFilterThatNoValuePassesPassesNothing() {
    Expression never = Expressions.greaterThan("i", Long.MAX_VALUE);
    assertThat(LogFilter.of(List.of(never), SCHEMA)).isSameAs(Expressions.alwaysFalse());
  }
}
