package io.sluice.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Pauses that double from try to try, until a deadline. Not thread-safe. */
final class Backoff {

  private final long minNanos;
  private final long maxNanos;
  private final long retryForNanos;
  private long pauseNanos;
  private long firstFailureNanos;
  private boolean failing;

  Backoff(ClientSettings settings) {
    this.minNanos = settings.minBackoff().toNanos();
    this.maxNanos = Math.max(minNanos, settings.maxBackoff().toNanos());
    this.retryForNanos = settings.retryFor().toNanos();
    this.pauseNanos = minNanos;
  }

  /** Something went well: the next failure is a first one. */
  void reset() {
    failing = false;
    pauseNanos = minNanos;
  }

  /**
   * Returns whether what went well for so long, and broke then, is a success to {@link #reset} at:
   * what always breaks sooner than the longest pause would be tried for ever, with hardly a pause.
   */
  boolean lasted(long nanos) {
    return nanos > maxNanos;
  }

  /** Returns whether there is time for another try, after {@link #nextPause}. */
  boolean mayRetry(long nowNanos) {
    if (!failing) {
      failing = true;
      firstFailureNanos = nowNanos;
    }
    return nowNanos - firstFailureNanos < retryForNanos;
  }

  /** Returns how long to wait before the next try. */
  Duration nextPause() {
    long pause = pauseNanos;
    pauseNanos = Math.min(maxNanos, pauseNanos * 2);
    return Duration.ofNanos(pause);
  }

  /** Waits for {@link #nextPause}. */
  void pause() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nextPause().toNanos());
  }
}
