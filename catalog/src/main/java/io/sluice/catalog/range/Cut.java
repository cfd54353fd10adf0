package io.sluice.catalog.range;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A consistent moment of a table: a snapshot of the lake and, for each bucket, what follows in the
 * log.
 *
 * @param snapshotId the lake's snapshot, or {@link #NO_SNAPSHOT} if the lake is empty
 * @param buckets the plan of each bucket, by bucket
 */
public record Cut(long snapshotId, SortedMap<Integer, UnionPlan> buckets) {

  /** Stands for a lake without a snapshot. */
  public static final long NO_SNAPSHOT = -1;

  public Cut {
    if (snapshotId < NO_SNAPSHOT) {
      throw new IllegalArgumentException("snapshotId must be >= -1: " + snapshotId);
    }
    buckets = Collections.unmodifiableSortedMap(new TreeMap<>(buckets));
    for (int bucket : buckets.keySet()) {
      if (bucket < 0) {
        throw new IllegalArgumentException("bucket must be >= 0: " + bucket);
      }
    }
  }

  /**
   * Cuts a table.
   *
   * @param snapshotId the lake's snapshot, or {@link #NO_SNAPSHOT}
   * @param lakeOffsets the lake offset of each bucket in force in that snapshot's metadata; a
   *     bucket that is missing is at 0
   * @param logs what the log holds of each bucket, up to a watermark taken after the snapshot was
   *     loaded
   * @throws IllegalStateException if a bucket has offsets in neither; the message names it
   */
  public static Cut of(
      long snapshotId, SortedMap<Integer, Long> lakeOffsets, SortedMap<Integer, OffsetRange> logs) {
    SortedMap<Integer, UnionPlan> plans = new TreeMap<>();
    logs.forEach(
        (bucket, log) -> {
          OffsetRange lake = new OffsetRange(0, lakeOffsets.getOrDefault(bucket, 0L));
          try {
            plans.put(bucket, UnionPlan.of(lake, log));
          } catch (IllegalStateException e) {
            throw new IllegalStateException("bucket " + bucket + ": " + e.getMessage(), e);
          }
        });
    for (int bucket : lakeOffsets.keySet()) {
      if (!plans.containsKey(bucket)) {
        throw new IllegalArgumentException("no log range for bucket " + bucket);
      }
    }
    return new Cut(snapshotId, plans);
  }
}
