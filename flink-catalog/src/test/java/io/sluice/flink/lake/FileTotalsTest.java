package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Aggregate.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FileTotalsTest {

  private static final NestedField N = NestedField.optional(1, "n", Types.LongType.get());
  private static final List<Aggregate> ALL =
      List.of(
          Aggregate.countRows(),
          new Aggregate(Kind.COUNT, 0, new BigIntType()),
          new Aggregate(Kind.MIN, 0, new BigIntType()),
          new Aggregate(Kind.MAX, 0, new BigIntType()));

  @Test
  void metricsTellCountsAndBounds() {
    assertThat(totals(N).of(file(3L, bytes(N.type(), -7L), bytes(N.type(), 9L))))
        .contains(List.of(10L, 7L, -7L, 9L));
  }

  @Test
  void aColumnThatWasAnIntThenHasBoundsOfAnInt() {
    ByteBuffer four = bytes(Types.IntegerType.get(), 4);
    assertThat(totals(N).of(file(3L, four, four))).contains(List.of(10L, 7L, 4L, 4L));
  }

  @Test
  void aTimestampThatWasADateThenTellsNothing() {
    NestedField time = NestedField.optional(1, "t", Types.TimestampType.withoutZone());
    ByteBuffer days = bytes(Types.DateType.get(), 4);
    assertThat(totals(time).of(file(3L, days, days))).isEmpty();
  }

  @Test
  void aColumnOfNullsHasNoLeastThoughItHasNoBounds() {
    assertThat(totals(N).of(file(10L, null, null)).orElseThrow())
        .containsExactly(10L, 0L, null, null);
  }

  @Test
  void whatMetricsLeaveOutIsUnknown() {
    assertThat(totals(N).of(file(null, bytes(N.type(), 1L), bytes(N.type(), 1L)))).isEmpty();
    assertThat(totals(N).of(file(3L, null, bytes(N.type(), 1L)))).isEmpty();
    assertThat(totals(N).of(file(11L, bytes(N.type(), 1L), bytes(N.type(), 1L)))).isEmpty();
  }

  @Test
  void boundsOfStringsMayBeCut() {
    NestedField string = NestedField.optional(1, "s", Types.StringType.get());
    ByteBuffer a = bytes(string.type(), "a");
    assertThat(totals(string).of(file(3L, a, a))).isEmpty();
  }

  private static FileTotals totals(NestedField column) {
    return new FileTotals(ALL, List.of(column));
  }

  private static ByteBuffer bytes(Type type, Object value) {
    return Conversions.toByteBuffer(type, value);
  }

  private static DataFile file(
      @Nullable Long nulls, @Nullable ByteBuffer lower, @Nullable ByteBuffer upper) {
    Metrics metrics =
        new Metrics(
            10L,
            null,
            null,
            nulls == null ? null : Map.of(1, nulls),
            null,
            lower == null ? null : Map.of(1, lower),
            upper == null ? null : Map.of(1, upper));
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath("/f.parquet")
        .withFileSizeInBytes(1)
        .withMetrics(metrics)
        .build();
  }
}
