package io.sluice.flink.read;

import java.io.Serializable;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a query begins.
 *
 * @param mode how it is given
 * @param epochMicros with {@link Mode#TIMESTAMP}: the first append time, in microseconds since 1970
 * @param offsets with {@link Mode#OFFSETS}: the first offset of each bucket
 */
public record Startup(Mode mode, long epochMicros, TreeMap<Integer, Long> offsets)
    implements Serializable {

  /** The option that gives the mode. */
  static final String MODE = "scan.startup.mode";

  /** The option that gives the time. */
  static final String TIMESTAMP = "scan.startup.timestamp";

  /** The option that gives the offsets. */
  static final String OFFSETS = "scan.startup.specific-offsets";

  /** All history, from the lake, then the log. */
  public static final Startup FULL = at(Mode.FULL);

  /** How the beginning is given. */
  public enum Mode {
    /** All history. */
    FULL,
    /** What the log still has. */
    EARLIEST,
    /** What isn't there yet. */
    LATEST,
    /** What was appended at a time or later. */
    TIMESTAMP,
    /** An offset of each bucket, wherever it is. */
    OFFSETS
  }

  /**
   * Parses the options.
   *
   * @param timestamp an ISO instant, or milliseconds since 1970; for {@code timestamp} only
   * @param offsets for {@code specific-offsets} only, see {@link BucketOffsets}
   * @throws IllegalArgumentException if they aren't valid; the message says what is
   */
  public static Startup parse(String mode, @Nullable String timestamp, @Nullable String offsets) {
    OptionPair.require(MODE, mode, TIMESTAMP, timestamp, "timestamp", "2026-01-31T12:00:00Z");
    OptionPair.require(
        MODE, mode, OFFSETS, offsets, "specific-offsets", "bucket:0,offset:42;bucket:1,offset:300");
    if (timestamp != null) {
      return new Startup(Mode.TIMESTAMP, EpochMicros.parse(TIMESTAMP, timestamp), new TreeMap<>());
    }
    if (offsets != null) {
      return new Startup(Mode.OFFSETS, 0, new TreeMap<>(BucketOffsets.parse(OFFSETS, offsets)));
    }
    return switch (mode) {
      case "full" -> FULL;
      case "earliest" -> at(Mode.EARLIEST);
      case "latest" -> at(Mode.LATEST);
      default ->
          throw new IllegalArgumentException(
              "scan.startup.mode is full, earliest, latest, timestamp or specific-offsets, not '"
                  + mode
                  + "'");
    };
  }

  /**
   * Returns a time in milliseconds since 1970, rounded down.
   *
   * @param text an ISO instant, or milliseconds since 1970
   * @throws IllegalArgumentException if it isn't valid; the message says what is
   */
  public static long epochMillis(String text) {
    return Math.floorDiv(EpochMicros.parse("scan.as-of", text), 1_000L);
  }

  private static Startup at(Mode mode) {
    return new Startup(mode, 0, new TreeMap<>());
  }
}
