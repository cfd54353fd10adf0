package io.sluice.flink.read;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a query ends.
 *
 * @param mode how it is given
 * @param epochMicros with {@link Mode#TIMESTAMP}: the append time, in microseconds since 1970, that
 *     is the first not to be read
 * @param offsets with {@link Mode#OFFSETS}: one past the last offset of each bucket
 */
public record Stop(Mode mode, long epochMicros, TreeMap<Integer, Long> offsets)
    implements Serializable {

  /** The option that gives the mode. */
  static final String MODE = "scan.bounded.mode";

  /** The option that gives the time. */
  static final String TIMESTAMP = "scan.bounded.timestamp";

  /** The option that gives the offsets. */
  static final String OFFSETS = "scan.bounded.specific-offsets";

  /** Nowhere in a streaming query; in a batch query, where the table ends when it begins. */
  public static final Stop NEVER = at(Mode.NEVER);

  /** Where the table ends when the query begins. */
  public static final Stop LATEST = at(Mode.LATEST);

  /** How the end is given. */
  public enum Mode {
    /** Not at all. */
    NEVER,
    /** What there is when the query begins. */
    LATEST,
    /** What was appended before a time, and is there when the query begins. */
    TIMESTAMP,
    /** An offset of each bucket; a streaming query waits for it. */
    OFFSETS
  }

  /**
   * Parses the options.
   *
   * @param timestamp an ISO instant, or milliseconds since 1970; for {@code timestamp} only
   * @param offsets for {@code specific-offsets} only, see {@link BucketOffsets}
   * @throws IllegalArgumentException if they aren't valid; the message says what is
   */
  public static Stop parse(String mode, @Nullable String timestamp, @Nullable String offsets) {
    OptionPair.require(MODE, mode, TIMESTAMP, timestamp, "timestamp", "2026-01-31T12:00:00Z");
    OptionPair.require(
        MODE, mode, OFFSETS, offsets, "specific-offsets", "bucket:0,offset:42;bucket:1,offset:300");
    if (timestamp != null) {
      return new Stop(Mode.TIMESTAMP, EpochMicros.parse(TIMESTAMP, timestamp), new TreeMap<>());
    }
    if (offsets != null) {
      return new Stop(Mode.OFFSETS, 0, new TreeMap<>(BucketOffsets.parse(OFFSETS, offsets)));
    }
    return switch (mode) {
      case "unbounded" -> NEVER;
      case "latest-offset" -> LATEST;
      default ->
          throw new IllegalArgumentException(
              "scan.bounded.mode is unbounded, latest-offset, timestamp or specific-offsets, not '"
                  + mode
                  + "'");
    };
  }

  /**
   * Returns where a query ends, with this given.
   *
   * @param batch whether it is a batch query
   * @throws IllegalArgumentException if there can't be a row between the two; the message says why
   */
  public Stop after(Startup start, boolean batch) {
    boolean endsNow = mode == Mode.LATEST || (batch && mode == Mode.NEVER);
    if (start.mode() == Startup.Mode.LATEST && (endsNow || batch)) {
      throw new IllegalArgumentException(
          "scan.startup.mode=latest begins where the table ends now, so a query that ends reads"
              + " nothing: begin elsewhere, or let a streaming query go on");
    }
    if (start.mode() == Startup.Mode.TIMESTAMP
        && mode == Mode.TIMESTAMP
        && start.epochMicros() >= epochMicros) {
      throw new IllegalArgumentException(
          "scan.bounded.timestamp must be later than scan.startup.timestamp");
    }
    if (start.mode() == Startup.Mode.OFFSETS && mode == Mode.OFFSETS) {
      requireOrder(start.offsets());
    }
    return endsNow && start.mode() != Startup.Mode.FULL ? LATEST : this;
  }

  private void requireOrder(TreeMap<Integer, Long> starts) {
    for (Map.Entry<Integer, Long> start : starts.entrySet()) {
      Long end = offsets.get(start.getKey());
      if (end != null && end < start.getValue()) {
        throw new IllegalArgumentException(
            "bucket "
                + start.getKey()
                + " ends at offset "
                + end
                + " by scan.bounded.specific-offsets, before it begins, at "
                + start.getValue()
                + " by scan.startup.specific-offsets");
      }
    }
  }

  private static Stop at(Mode mode) {
    return new Stop(mode, 0, new TreeMap<>());
  }
}
