package io.sluice.bench.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where values lie along a line.
 *
 * @param least the value at its begin; above 0 if logarithmic
 * @param most the value at its end
 * @param logarithmic whether equal ratios, rather than equal differences, are equally long
 */
record Axis(double least, double most, boolean logarithmic) {

  private static final int STEPS = 5;

  /** Returns an axis from 0 on that ends at a round number. */
  static Axis linear(double largest) {
    double step = roundStep(Math.max(largest, 1e-9) / STEPS);
    return new Axis(0, step * Math.ceil(largest / step), false);
  }

  /** Returns an axis from one power of ten to another. */
  static Axis logarithmic(double smallest, double largest) {
    double from = Math.pow(10, Math.floor(Math.log10(smallest)));
    double to = Math.pow(10, Math.ceil(Math.log10(largest)));
    return new Axis(from, to > from ? to : from * 10, true);
  }

  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (double factor : new double[] {1, 2, 5}) {
      if (step <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Returns where a value lies, 0 for the begin and 1 for the end. */
  double share(double value) {
    double clipped = Math.max(least, Math.min(most, value));
    return logarithmic
        ? Math.log(clipped / least) / Math.log(most / least)
        : (clipped - least) / (most - least);
  }

  /** Returns the values to be marked. */
  List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    if (logarithmic) {
      for (double mark = least; mark <= most * 1.001; mark *= 10) {
        marks.add(mark);
      }
    } else {
      double step = roundStep(most / STEPS);
      for (double mark = 0; mark <= most * 1.001; mark += step) {
        marks.add(mark);
      }
    }
    return marks;
  }

  /** Returns a value as it is written, such as {@code 250k}. */
  static String text(double value) {
    if (value >= 1e6) {
      return shortest(value / 1e6) + "M";
    }
    return value >= 1e3 ? shortest(value / 1e3) + "k" : shortest(value);
  }

  private static String shortest(double value) {
    String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.3g", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
