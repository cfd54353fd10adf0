package io.sluice.gateway.rows;

import java.time.LocalDate;

/** Writes dates and times as the text that {@link TemporalText} reads. */
public final class TemporalFormat {

  private static final long SECONDS_PER_DAY = 86_400;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Returns {@code YYYY-MM-DD}; years beyond 9999 have a sign. */
  public static String date(long daysSinceEpoch) {
    return LocalDate.ofEpochDay(daysSinceEpoch).toString();
  }

  /** Returns {@code HH:MM:SS}, with six fraction digits unless they are zeros. */
  public static String time(long microsOfDay) {
    StringBuilder text = new StringBuilder(15);
    appendTime(text, microsOfDay, MICROS_PER_SECOND);
    return text.toString();
  }

  /** Returns {@code YYYY-MM-DDTHH:MM:SS[.ffffff]}. */
  public static String timestamp(long micros) {
    return timestamp(micros, MICROS_PER_SECOND);
  }

  /** Returns {@code YYYY-MM-DDTHH:MM:SS[.fffffffff]}. */
  public static String timestampNanos(long nanos) {
    return timestamp(nanos, NANOS_PER_SECOND);
  }

  /** Returns {@code YYYY-MM-DDTHH:MM:SS[.ffffff]Z}. */
  public static String timestamptz(long microsSinceEpoch) {
    return timestamp(microsSinceEpoch) + "Z";
  }

  private static String timestamp(long units, long perSecond) {
    StringBuilder text = new StringBuilder(32);
    long perDay = SECONDS_PER_DAY * perSecond;
    text.append(date(Math.floorDiv(units, perDay))).append('T');
    appendTime(text, Math.floorMod(units, perDay), perSecond);
    return text.toString();
  }

  private static void appendTime(StringBuilder text, long unitsOfDay, long perSecond) {
    long seconds = unitsOfDay / perSecond;
    appendTwo(text, seconds / 3_600);
    text.append(':');
    appendTwo(text, seconds / 60 % 60);
    text.append(':');
    appendTwo(text, seconds % 60);
    long fraction = unitsOfDay % perSecond;
    if (fraction != 0) {
      // 1,000,000 + fraction has seven digits, of which the first is the point's place.
      int point = text.length();
      text.append(perSecond + fraction);
      text.setCharAt(point, '.');
    }
  }

  private static void appendTwo(StringBuilder text, long value) {
    text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }

  private TemporalFormat() {}
}
