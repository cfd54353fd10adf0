package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.bucket.Transactions;
import java.time.Duration;

/**
 * When a segment is sealed. A bucket with many segments makes bigger ones, so that its record stays
 * small however long nothing is compacted.
 *
 * @param segmentBytes size at which a segment is sealed
 * @param maxAge age at which it is sealed; {@link #EVER} if its size alone decides
 */
record RollPolicy(long segmentBytes, Duration maxAge) {

  /**
   * From so many segments on that wait for the lake age doesn't count; for each further so many in
   * the log the size doubles.
   */
  static final int MANY_SEGMENTS = 500;

  /** Longer than anything lives. */
  static final Duration EVER = Duration.ofSeconds(Long.MAX_VALUE);

  private static final int MAX_DOUBLINGS = 10;

  /** Returns the size at which a segment is sealed when the bucket has {@code segments}. */
  long bytes(int segments) {
    int doublings = Math.max(0, segments - MANY_SEGMENTS) / MANY_SEGMENTS;
    return segmentBytes << Math.min(doublings, MAX_DOUBLINGS);
  }

  /** Returns whether a segment is ever sealed by age. */
  boolean hasAge() {
    return !maxAge.equals(EVER);
  }

  /**
   * Returns whether a segment is sealed by age as the bucket is. Segments that are in the lake and
   * only stay in the log for their time don't keep it from it, up to {@link
   * Transactions#MAX_SEGMENTS}.
   */
  boolean byAge(BucketState state) {
    int waiting = 0;
    for (Segment segment : state.segments()) {
      if (segment.end().orElse(Long.MAX_VALUE) > state.lakeOffsetFloor()) {
        waiting++;
      }
    }
    return waiting < MANY_SEGMENTS && onDemand(state);
  }

  /**
   * Returns whether a segment that is small may be sealed because someone asks for it: not beyond
   * {@link Transactions#MAX_SEGMENTS} in the log, however often it is flushed, as the record must
   * stay small.
   */
  boolean onDemand(BucketState state) {
    return state.segments().size() < Transactions.MAX_SEGMENTS;
  }
}
