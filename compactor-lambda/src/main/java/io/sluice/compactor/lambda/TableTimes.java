package io.sluice.compactor.lambda;

import java.time.Duration;
import java.time.Instant;

/** How an invocation's time is given to its tables, so that a large one leaves some to the rest. */
final class TableTimes {

  /** Time that a plan which is begun last needs until its result is committed. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /**
   * Returns when the last plan may begin: a margin before the function is ended, or at half of the
   * time if that is less.
   *
   * @param left time until the function is ended
   */
  static Instant deadline(Instant now, Duration left) {
    Duration half = left.dividedBy(2);
    Duration usable = left.minus(MARGIN);
    return now.plus(usable.compareTo(half) < 0 ? half : usable);
  }

  /**
   * Returns until when the next of some tables may begin plans: each gets the same part of what is
   * left.
   *
   * @param tables how many wait, this one included, at least 1
   */
  static Instant share(Instant now, Instant deadline, int tables) {
    return now.plus(Duration.between(now, deadline).dividedBy(tables));
  }

  private TableTimes() {}
}
