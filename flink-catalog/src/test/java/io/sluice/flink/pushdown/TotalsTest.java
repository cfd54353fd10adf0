package io.sluice.flink.pushdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.flink.pushdown.Aggregate.Kind;
import java.math.BigDecimal;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.TimestampType;
import org.junit.jupiter.api.Test;

class TotalsTest {

  private static final DecimalType DECIMAL = new DecimalType(5, 2);
  private static final TimestampType TIMESTAMP = new TimestampType(6);

  private static final List<Aggregate> ALL =
      List.of(
          Aggregate.countRows(),
          new Aggregate(Kind.COUNT, 0, new IntType()),
          new Aggregate(Kind.MIN, 0, new IntType()),
          new Aggregate(Kind.MAX, 1, DECIMAL),
          new Aggregate(Kind.MIN, 2, TIMESTAMP));

  @Test
  void rowsAreAddedUpAndNullsLeftOut() {
    Totals totals = new Totals(ALL);
    totals.add(GenericRowData.of(7, decimal("1.50"), time(-1, 1_000)));
    totals.add(GenericRowData.of(null, decimal("-3.00"), time(-1, 2_000)));
    totals.add(GenericRowData.of(-2, null, null));

    GenericRowData expected = GenericRowData.of(3L, 2L, -2, decimal("1.50"), time(-1, 1_000));
    assertThat(totals.row()).isEqualTo(expected);
    assertThat(Totals.row(ALL, totals.text())).isEqualTo(expected);
  }

  @Test
  void noRowsAreCountedAsNoneAndHaveNoLeast() {
    assertThat(new Totals(ALL).row()).isEqualTo(GenericRowData.of(0L, 0L, null, null, null));
  }

  @Test
  void whatFilesTellIsAddedToWhatRowsTell() {
    Totals totals = new Totals(ALL);
    totals.add(GenericRowData.of(7, decimal("1.50"), null));
    totals.add(0, 10L);
    totals.add(1, 4L);
    totals.add(2, 8L);
    totals.add(3, new BigDecimal("1.51"));
    totals.add(4, null);

    assertThat(totals.row()).isEqualTo(GenericRowData.of(11L, 5L, 7, decimal("1.51"), null));
  }

  @Test
  void longsAreNotRounded() {
    Totals totals = new Totals(List.of(new Aggregate(Kind.MAX, 0, new BigIntType())));
    totals.add(GenericRowData.of(Long.MAX_VALUE - 1));
    totals.add(GenericRowData.of(Long.MIN_VALUE));
    assertThat(totals.row()).isEqualTo(GenericRowData.of(Long.MAX_VALUE - 1));
  }

  /** A count alone may be of something that the planner computes of the column. */
  @Test
  void aCountOfAColumnIsTrustedOnlyBesideALeastOrGreatest() {
    assertThat(Aggregate.areOfColumns(ALL)).isTrue();
    assertThat(Aggregate.areOfColumns(ALL.subList(0, 1))).isTrue();
    assertThat(Aggregate.areOfColumns(ALL.subList(0, 2))).isFalse();
  }

  private static DecimalData decimal(String value) {
    return DecimalData.fromBigDecimal(new BigDecimal(value), 5, 2);
  }

  private static TimestampData time(long millis, int nanos) {
    return TimestampData.fromEpochMillis(millis, nanos);
  }
}
