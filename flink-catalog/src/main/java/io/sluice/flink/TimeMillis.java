package io.sluice.flink;

import java.time.LocalTime;

/** Flink keeps a TIME in milliseconds; Sluice in microseconds. */
public final class TimeMillis {

  private static final long MICROS_PER_MILLI = 1_000;

  /**
   * Returns a time of day in milliseconds.
   *
   * @param column for the message
   * @param micros microseconds since midnight
   * @throws ArithmeticException if it isn't a whole number of milliseconds
   */
  public static int of(String column, long micros) {
    if (micros % MICROS_PER_MILLI != 0) {
      throw new ArithmeticException(
          "column '"
              + column
              + "' holds the time "
              + LocalTime.ofNanoOfDay(micros * 1_000)
              + ", but Flink's TIME has milliseconds only; leave the column out, or read the lake with"
              + " another engine");
    }
    return (int) (micros / MICROS_PER_MILLI);
  }

  private TimeMillis() {}
}
