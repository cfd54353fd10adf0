package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.BucketWatermark;
import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReaderMetricsTest {

  private static final Instant NOW = Instant.ofEpochMilli(10_000);

  private final Map<String, Gauge<?>> gauges = new HashMap<>();
  private final ReaderMetrics metrics =
      new ReaderMetrics(group(SourceReaderMetricGroup.class, ""), () -> NOW);

  @Test
  void pendingRowsAreThoseUpToTheEndOfTheLogOrTheRange() {
    assertThat(metrics.wantsEnds()).isFalse();
    metrics.added(range(0, 10, 30));
    assertThat(value("pendingRecords")).isEqualTo(20);
    metrics.added(range(1, 5, Long.MAX_VALUE));
    assertThat(metrics.wantsEnds()).isTrue();
    assertThat(value("pendingRecords")).isEqualTo(20);
    metrics.known(List.of(new BucketWatermark(0, 0, 99), new BucketWatermark(1, 0, 105)));
    assertThat(value("pendingRecords")).isEqualTo(120);
    metrics.fetched("bucket-1", rows(25, 7_000), false);
    assertThat(value("pendingRecords")).isEqualTo(100);
    metrics.fetched("bucket-0", rows(30, 7_000), true);
    assertThat(value("pendingRecords")).isEqualTo(80);
    metrics.fetched("bucket-1", rows(200, 7_000), false);
    assertThat(value("pendingRecords")).isZero();
  }

  @Test
  void eachBucketSaysWhereItIs() {
    metrics.added(range(3, 10, 30));
    assertThat(value("bucket.3.currentOffset")).isEqualTo(10);
    metrics.fetched("bucket-3", rows(17, 7_000), false);
    assertThat(value("bucket.3.currentOffset")).isEqualTo(17);
  }

  @Test
  void theLagIsHowOldTheNewestRowWasWhenItCame() {
    metrics.added(range(0, 0, Long.MAX_VALUE));
    metrics.fetched("bucket-0", rows(17, 7_000), false);
    assertThat(value("currentFetchEventTimeLag")).isEqualTo(3_000);
    metrics.fetched("bucket-0", PolledRows.none(20, false), false);
    assertThat(value("currentFetchEventTimeLag")).isEqualTo(3_000);
    metrics.fetched("bucket-0", rows(21, 10_500), false);
    assertThat(value("currentFetchEventTimeLag")).as("a clock that is ahead").isZero();
  }

  @Test
  void filesOfABatchQueryHaveNoOffsets() {
    metrics.added(new LakeSplit(0, List.of("{}")));
    metrics.fetched("lake-0", PolledRows.ofFiles(new RowData[0], 0, new long[0]), true);
    assertThat(value("pendingRecords")).isZero();
  }

  private static RangeSplit range(int bucket, long position, long to) {
    return new RangeSplit(new UUID(1, 2), bucket, position, to, false);
  }

  private static PolledRows rows(long position, long millis) {
    RowData[] rows = {new GenericRowData(0)};
    return new PolledRows(rows, 1, new long[] {position}, new long[] {millis}, position, false);
  }

  private long value(String name) {
    Gauge<?> gauge = gauges.get(name);
    assertThat(gauge).as(name).isNotNull();
    return gauge == null ? -1 : (Long) gauge.getValue();
  }

  /** Flink's groups can't be made without its runtime. */
  private <T extends MetricGroup> T group(Class<T> type, String path) {
    Object group =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> answer(path, method.getName(), args));
    return type.cast(group);
  }

  private @Nullable Object answer(String path, String method, Object[] args) {
    switch (method) {
      case "addGroup" -> {
        return group(MetricGroup.class, path + args[0] + "." + args[1] + ".");
      }
      case "gauge" -> gauges.put(path + args[0], (Gauge<?>) args[1]);
      case "setPendingRecordsGauge" -> gauges.put("pendingRecords", (Gauge<?>) args[0]);
      default -> throw new AssertionError(method + Arrays.toString(args));
    }
    return method.equals("gauge") ? args[1] : null;
  }
}
