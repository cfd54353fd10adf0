package io.sluice.flink.read;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a streaming query begins.
 *
 * @param mode how it is given
 * @param epochMicros with {@link Mode#TIMESTAMP}: the first append time, in microseconds since 1970
 */
public record Startup(Mode mode, long epochMicros) implements Serializable {

  /** All history, from the lake, then the log. */
  public static final Startup FULL = new Startup(Mode.FULL, 0);

  /** How the beginning is given. */
  public enum Mode {
    /** All history. */
    FULL,
    /** What the log still has. */
    EARLIEST,
    /** What isn't there yet. */
    LATEST,
    /** What was appended at a time or later. */
    TIMESTAMP
  }

  /**
   * Parses the options.
   *
   * @param timestamp an ISO instant, or milliseconds since 1970; for {@code timestamp} only
   * @throws IllegalArgumentException if they aren't valid; the message says what is
   */
  public static Startup parse(String mode, @Nullable String timestamp) {
    Mode parsed =
        switch (mode) {
          case "full" -> Mode.FULL;
          case "earliest" -> Mode.EARLIEST;
          case "latest" -> Mode.LATEST;
          case "timestamp" -> Mode.TIMESTAMP;
          default ->
              throw new IllegalArgumentException(
                  "scan.startup.mode is full, earliest, latest or timestamp, not '" + mode + "'");
        };
    if (parsed != Mode.TIMESTAMP) {
      if (timestamp != null) {
        throw new IllegalArgumentException(
            "scan.startup.timestamp needs scan.startup.mode=timestamp, not '" + mode + "'");
      }
      return new Startup(parsed, 0);
    }
    if (timestamp == null) {
      throw new IllegalArgumentException(
          "scan.startup.mode=timestamp needs scan.startup.timestamp, such as 2026-01-31T12:00:00Z");
    }
    return new Startup(parsed, micros(timestamp));
  }

  /** Returns the time to begin at. */
  Instant time() {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochMicros, 1_000_000L), Math.floorMod(epochMicros, 1_000_000L) * 1_000);
  }

  private static long micros(String timestamp) {
    if (timestamp.matches("-?\\d{1,15}")) {
      return Math.multiplyExact(Long.parseLong(timestamp), 1_000L);
    }
    try {
      Instant instant = Instant.parse(timestamp);
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "scan.startup.timestamp is an instant such as 2026-01-31T12:00:00Z, or milliseconds since"
              + " 1970, not '"
              + timestamp
              + "'",
          e);
    }
  }
}
