package io.sluice.bench.measure;

import java.util.concurrent.locks.LockSupport;

/** Moments that are fixed beforehand, whatever happens until then. */
public final class Pace {

  private static final long SECOND = 1_000_000_000L;

  private final long start;
  private final double interval;

  /**
   * Makes a pace.
   *
   * @param start the first moment, by {@link System#nanoTime}
   * @param perSecond how many there are in a second
   */
  public Pace(long start, double perSecond) {
    this.start = start;
    this.interval = SECOND / perSecond;
  }

  /** Returns a moment, by {@link System#nanoTime}; the first is 0. */
  public long due(long number) {
    return start + (long) (number * interval);
  }

  /** Waits until {@link System#nanoTime} is {@code due}, within some 60 microseconds. */
  public static void await(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
