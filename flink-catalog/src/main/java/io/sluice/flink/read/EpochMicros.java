package io.sluice.flink.read;

import java.time.DateTimeException;
import java.time.Instant;

/** Moments in microseconds since 1970, as options give them. */
final class EpochMicros {

  private static final long PER_SECOND = 1_000_000;

  /**
   * Parses an option.
   *
   * @param option its name, for messages
   * @param text an ISO instant, or milliseconds since 1970
   * @throws IllegalArgumentException if it isn't valid; the message says what is
   */
  static long parse(String option, String text) {
    if (text.matches("-?\\d{1,15}")) {
      return Math.multiplyExact(Long.parseLong(text), 1_000L);
    }
    try {
      Instant instant = Instant.parse(text);
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), PER_SECOND), instant.getNano() / 1_000);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          option
              + " is an instant such as 2026-01-31T12:00:00Z, or milliseconds since 1970, not '"
              + text
              + "'",
          e);
    }
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
  }

  private EpochMicros() {}
}
