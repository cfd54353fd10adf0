package io.sluice.catalog.table;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as text, like {@code 256MiB} and {@code 60s}. */
public final class Quantities {

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");
  private static final Map<String, Long> BYTES = new LinkedHashMap<>();
  private static final Map<String, Duration> TIMES = new LinkedHashMap<>();

  static {
    BYTES.put("GiB", 1L << 30);
    BYTES.put("MiB", 1L << 20);
    BYTES.put("KiB", 1L << 10);
    BYTES.put("B", 1L);
    TIMES.put("d", Duration.ofDays(1));
    TIMES.put("h", Duration.ofHours(1));
    TIMES.put("m", Duration.ofMinutes(1));
    TIMES.put("s", Duration.ofSeconds(1));
    TIMES.put("ms", Duration.ofMillis(1));
  }

  /**
   * Parses a size: a whole number with {@code B}, {@code KiB}, {@code MiB} or {@code GiB}; without
   * a unit it is bytes.
   *
   * @throws IllegalArgumentException if it isn't that
   */
  public static long parseBytes(String text) {
    Matcher matcher = match(text, "a size like 256MiB, in B, KiB, MiB or GiB");
    Long unit = BYTES.get(matcher.group(2).isEmpty() ? "B" : matcher.group(2));
    if (unit == null) {
      throw new IllegalArgumentException("not a size in B, KiB, MiB or GiB");
    }
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
  }

  /**
   * Parses a duration: a whole number with {@code ms}, {@code s}, {@code m}, {@code h} or {@code
   * d}.
   *
   * @throws IllegalArgumentException if it isn't that
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = match(text, "a duration like 60s, in ms, s, m, h or d");
    Duration unit = TIMES.get(matcher.group(2));
    if (unit == null) {
      throw new IllegalArgumentException("not a duration in ms, s, m, h or d");
    }
    return unit.multipliedBy(Long.parseLong(matcher.group(1)));
  }

  /** Writes a size in the largest unit that divides it. */
  public static String formatBytes(long bytes) {
    for (Map.Entry<String, Long> unit : BYTES.entrySet()) {
      if (bytes != 0 && bytes % unit.getValue() == 0) {
        return bytes / unit.getValue() + unit.getKey();
      }
    }
    return bytes + "B";
  }

  /** Writes a duration of whole milliseconds in the largest unit that divides it. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    long millis = duration.toMillis();
    for (Map.Entry<String, Duration> unit : TIMES.entrySet()) {
      if (millis % unit.getValue().toMillis() == 0) {
        return millis / unit.getValue().toMillis() + unit.getKey();
      }
    }
    throw new IllegalStateException("milliseconds divide everything");
  }

  private static Matcher match(String text, String what) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not " + what);
    }
    return matcher;
  }

  private Quantities() {}
}
