package io.sluice.bench.measure;

import java.util.Arrays;
import java.util.Locale;

/** Times of many single events, in nanoseconds. Not thread-safe. */
public final class Latencies {

  private static final double NANOS_PER_MS = 1e6;

  private long[] nanos = new long[1024];
  private int count;

  /** Adds one. */
  public void add(long elapsedNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = elapsedNanos;
  }

  /** Returns how many there are. */
  public int count() {
    return count;
  }

  /**
   * Returns the time in ms that {@code share} of all events took at most.
   *
   * @param share above 0, at most 1
   */
  public double ms(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int at = (int) Math.ceil(share * count) - 1;
    return sorted[Math.max(0, Math.min(count - 1, at))] / NANOS_PER_MS;
  }

  /** Returns p50, p99, p99.9 and the largest, in ms. */
  public String text() {
    return String.format(
        Locale.ROOT, "%.2f / %.2f / %.2f / %.1f", ms(0.5), ms(0.99), ms(0.999), ms(1));
  }
}
