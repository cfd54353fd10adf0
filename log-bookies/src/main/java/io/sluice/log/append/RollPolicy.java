package io.sluice.log.append;

import java.time.Duration;

/**
 * When a segment is sealed. A bucket with many segments makes bigger ones, so that its record stays
 * small however long nothing is compacted.
 *
 * @param segmentBytes size at which a segment is sealed
 * @param maxAge age at which it is sealed; {@link #EVER} if its size alone decides
 */
record RollPolicy(long segmentBytes, Duration maxAge) {

  /** From so many segments on age doesn't count; for each further so many the size doubles. */
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

  /** Returns whether a segment is sealed by age when the bucket has {@code segments}. */
  boolean byAge(int segments) {
    return segments < MANY_SEGMENTS;
  }
}
