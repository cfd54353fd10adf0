package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
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

  private static final int FREQUENT_SEGMENTS = 5_000;
  private static final int MOST_AGE_DOUBLINGS = 20;

  /** A record with so many is of some 700 KB; 14,000 are as many as one can have. */
  private static final int MOST_ON_DEMAND = 10_000;

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
   * Returns the age at which a segment is sealed as the bucket is; {@link #EVER} while too many
   * wait for the lake. Segments that are in the lake and only stay in the log for their time don't
   * keep others from it, but from {@value #FREQUENT_SEGMENTS} in the log on the age doubles with
   * each further {@value #MANY_SEGMENTS}: the lake never stands still for them.
   */
  Duration age(BucketState state) {
    int waiting = 0;
    for (Segment segment : state.segments()) {
      if (segment.end().orElse(Long.MAX_VALUE) > state.lakeOffsetFloor()) {
        waiting++;
      }
    }
    int more = state.segments().size() - FREQUENT_SEGMENTS;
    if (waiting >= MANY_SEGMENTS) {
      return EVER;
    }
    return more < 0
        ? maxAge
        : maxAge.multipliedBy(2L << Math.min(more / MANY_SEGMENTS, MOST_AGE_DOUBLINGS));
  }

  /**
   * Returns whether a segment that is small may be sealed because someone asks for it: not beyond
   * {@value #MOST_ON_DEMAND} in the log, however often it is flushed, as the record must stay
   * small.
   */
  boolean onDemand(BucketState state) {
    return state.segments().size() < MOST_ON_DEMAND;
  }
}
