package io.sluice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What several runs of the same measurement gave.
 *
 * @param sorted the values, ascending, at least one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Spread(double[] sorted) {

  public Spread {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("a measurement needs at least one value");
    }
    sorted = sorted.clone();
    Arrays.sort(sorted);
  }

  /** Returns the values of all runs but the first, which warmed up. */
  public static <T> Spread of(List<T> runs, ToDoubleFunction<T> value) {
    return new Spread(runs.stream().skip(1).mapToDouble(value).toArray());
  }

  /** Returns the middle value; of an even number, the lower of the two. */
  public double median() {
    return sorted[(sorted.length - 1) / 2];
  }

  /** Returns the smallest value. */
  public double least() {
    return sorted[0];
  }

  /** Returns the largest value. */
  public double most() {
    return sorted[sorted.length - 1];
  }

  /** Returns {@code median (min..max)}, with three digits. */
  public String text() {
    return number(median())
        + " ("
        + number(sorted[0])
        + ".."
        + number(sorted[sorted.length - 1])
        + ")";
  }

  /** Returns the median as a share of another's, such as {@code 0.42}. */
  public String ratioTo(Spread other) {
    return String.format(Locale.ROOT, "%.2f", median() / other.median());
  }

  /** Returns a number with about three digits. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1e6) {
      return String.format(Locale.ROOT, "%.2fM", value / 1e6);
    }
    if (size >= 1e4) {
      return String.format(Locale.ROOT, "%.0fk", value / 1e3);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }
}
