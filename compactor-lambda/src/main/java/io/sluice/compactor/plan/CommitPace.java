package io.sluice.compactor.plan;

import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.lake.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Decides when a table that has many snapshots is to get another one. Each commit writes all of
 * them anew into a metadata file, which each reader loads: of a table whose buckets seal segments
 * one after the other it would grow by a snapshot for each, and be written as often.
 */
public final class CommitPace {

  /** What a snapshot takes in the metadata file, about: 900 bytes were measured. */
  private static final long SNAPSHOT_BYTES = 900;

  /** What a bucket's offset takes in each of them. */
  private static final long OFFSET_BYTES = 14;

  /** A metadata file of up to this size is written as often as there is something to commit. */
  private static final long FREE_BYTES = 1_000_000;

  /** A larger one, by as much metadata a second on the average, in bytes. */
  private static final long BYTES_PER_SECOND = 100_000;

  /** The longest that is waited for: whoever loads the lake fresh waits for 20 s at most. */
  static final Duration AT_MOST = Duration.ofSeconds(15);

  /**
   * Returns how far apart commits to a table are to be.
   *
   * @param snapshots that its metadata has
   * @param progress the offsets that each of them has
   */
  public static Duration apart(int snapshots, Progress progress) {
    long bytes = snapshots * (SNAPSHOT_BYTES + OFFSET_BYTES * progress.lakeOffsets().size());
    if (bytes <= FREE_BYTES) {
      return Duration.ZERO;
    }
    Duration apart = Duration.ofMillis(bytes * 1_000 / BYTES_PER_SECOND);
    return apart.compareTo(AT_MOST) < 0 ? apart : AT_MOST;
  }

  /**
   * Returns until when what is sealed may wait for more; empty if it may not.
   *
   * @param last when the last commit was; one in the future says nothing, as clocks differ
   * @param segments closed, readable segments by bucket
   */
  public static Optional<Instant> waitsUntil(
      Instant last,
      Duration apart,
      Instant now,
      SortedMap<Integer, List<Segment.Closed>> segments,
      Progress progress,
      PlanLimits limits) {
    Instant next = last.plus(apart);
    boolean soon = !last.isAfter(now) && now.isBefore(next);
    return soon && waitingBytes(segments, progress) < limits.planBytes()
        ? Optional.of(next)
        : Optional.empty();
  }

  private static long waitingBytes(
      SortedMap<Integer, List<Segment.Closed>> segments, Progress progress) {
    long bytes = 0;
    for (var bucket : segments.entrySet()) {
      long offset = progress.offset(bucket.getKey());
      for (Segment.Closed segment : bucket.getValue()) {
        bytes += segment.endOffset() > offset ? segment.bytes() : 0;
      }
    }
    return bytes;
  }

  private CommitPace() {}
}
