package io.sluice.log.bookie;

import java.time.Duration;

/**
 * How the copies of a lost bookie's entries are made again.
 *
 * @param lostBookieDelay how long one bookie may be away before its entries are copied to others, 0
 *     to 24 h, in whole seconds; longer than a restart takes, or each restart copies a whole disk.
 *     When more than one is away there is no delay
 * @param openSegmentGrace how long a segment that is still written may lack copies before it is
 *     sealed for its writer, who then begins another one; 1 s to 1 h
 */
public record RecoverySettings(Duration lostBookieDelay, Duration openSegmentGrace) {

  /** A minute for a restart, and time enough for a writer to replace the bookie by itself. */
  public static final RecoverySettings DEFAULT =
      new RecoverySettings(Duration.ofMinutes(1), Duration.ofSeconds(30));

  public RecoverySettings {
    if (lostBookieDelay.isNegative() || lostBookieDelay.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "lostBookieDelay must be between 0 s and 24 h: " + lostBookieDelay);
    }
    if (openSegmentGrace.compareTo(Duration.ofSeconds(1)) < 0
        || openSegmentGrace.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "openSegmentGrace must be between 1 s and 1 h: " + openSegmentGrace);
    }
  }
}
