package io.sluice.flink.read;

import io.sluice.client.BucketWatermark;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;

/**
 * What a reader tells of itself: rows that wait in the ranges that it reads, the delay of those
 * that it fetched, and the next offset of each bucket. Thread-safe.
 */
final class ReaderMetrics {

  /** How old a row was, in milliseconds, when it was fetched; named as in other connectors. */
  private static final String FETCH_LAG = "currentFetchEventTimeLag";

  private final SourceReaderMetricGroup group;
  private final InstantSource clock;
  private final Map<Integer, Range> ranges = new ConcurrentHashMap<>();
  private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
  private final Map<Integer, Long> positions = new ConcurrentHashMap<>();
  private volatile long fetchLag;

  private record Range(long position, long to) {}

  ReaderMetrics(SourceReaderMetricGroup group) {
    this(group, InstantSource.system());
  }

  ReaderMetrics(SourceReaderMetricGroup group, InstantSource clock) {
    this.group = group;
    this.clock = clock;
    group.setPendingRecordsGauge(this::pendingRecords);
    group.gauge(FETCH_LAG, (Gauge<Long>) () -> fetchLag);
  }

  /** A split will be read. */
  void added(SluiceSplit split) {
    if (split instanceof RangeSplit range) {
      ranges.put(range.bucket(), new Range(range.position(), range.to()));
      if (positions.put(range.bucket(), range.position()) == null) {
        MetricGroup bucket = group.addGroup("bucket", String.valueOf(range.bucket()));
        bucket.gauge("currentOffset", (Gauge<Long>) () -> positions.get(range.bucket()));
      }
    }
  }

  /** Rows of a split were fetched. */
  void fetched(String splitId, PolledRows rows, boolean last) {
    if (rows.position() == PolledRows.NO_POSITION) {
      return;
    }
    int bucket = RangeSplit.bucketOf(splitId);
    positions.put(bucket, rows.position());
    if (last) {
      ranges.remove(bucket);
    } else {
      ranges.computeIfPresent(bucket, (any, range) -> new Range(rows.position(), range.to()));
    }
    if (rows.lastTime() != PolledRows.NO_TIME) {
      fetchLag = Math.max(0, clock.millis() - rows.lastTime());
    }
  }

  /** Returns whether there are ranges of which {@link #known} is needed. */
  boolean wantsEnds() {
    return ranges.values().stream().anyMatch(range -> range.to() == Long.MAX_VALUE);
  }

  /** The log ends there now. */
  void known(List<BucketWatermark> logs) {
    logs.forEach(log -> ends.put(log.bucket(), log.watermark()));
  }

  /** Returns how many rows aren't fetched yet of those that there were a few seconds ago. */
  long pendingRecords() {
    long pending = 0;
    for (Map.Entry<Integer, Range> entry : ranges.entrySet()) {
      Range range = entry.getValue();
      long end =
          range.to() == Long.MAX_VALUE
              ? ends.getOrDefault(entry.getKey(), range.position())
              : range.to();
      pending += Math.max(0, end - range.position());
    }
    return pending;
  }
}
