package io.sluice.gateway.rows;

import java.time.LocalDate;

/** Writes dates and times as the text that {@link TemporalText} reads. */
public final class TemporalFormat {

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_DAY = 86_400L * MICROS_PER_SECOND;

  /** Returns {@code YYYY-MM-DD}; years beyond 9999 have a sign. */
  public static String date(long daysSinceEpoch) {
    return LocalDate.ofEpochDay(daysSinceEpoch).toString();
  }

  /** Returns {@code HH:MM:SS}, with six fraction digits unless they are zeros. */
  public static String time(long microsOfDay) {
    StringBuilder text = new StringBuilder(15);
    appendTime(text, microsOfDay);
    return text.toString();
  }

  /** Returns {@code YYYY-MM-DDTHH:MM:SS[.ffffff]}. */
  public static String timestamp(long micros) {
    StringBuilder text = new StringBuilder(32);
    text.append(date(Math.floorDiv(micros, MICROS_PER_DAY))).append('T');
    appendTime(text, Math.floorMod(micros, MICROS_PER_DAY));
    return text.toString();
  }

  /** Returns {@code YYYY-MM-DDTHH:MM:SS[.ffffff]Z}. */
  public static String timestamptz(long microsSinceEpoch) {
    return timestamp(microsSinceEpoch) + "Z";
  }

  private static void appendTime(StringBuilder text, long microsOfDay) {
    long seconds = microsOfDay / MICROS_PER_SECOND;
    appendTwo(text, seconds / 3_600);
    text.append(':');
    appendTwo(text, seconds / 60 % 60);
    text.append(':');
    appendTwo(text, seconds % 60);
    long fraction = microsOfDay % MICROS_PER_SECOND;
    if (fraction != 0) {
      // 1,000,000 + fraction has seven digits, of which the first is the point's place.
      int point = text.length();
      text.append(MICROS_PER_SECOND + fraction);
      text.setCharAt(point, '.');
    }
  }

  private static void appendTwo(StringBuilder text, long value) {
    text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }

  private TemporalFormat() {}
}
