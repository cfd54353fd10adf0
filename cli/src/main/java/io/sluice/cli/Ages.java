package io.sluice.cli;

/** Ages for people. */
final class Ages {

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** Returns an age in the largest unit of which there are two or more: {@code 95 s, 3 h}. */
  static String text(double seconds) {
    long whole = Math.round(Math.max(0, seconds));
    if (whole < 2 * MINUTE) {
      return whole + " s";
    }
    if (whole < 2 * HOUR) {
      return whole / MINUTE + " min";
    }
    return whole < 2 * DAY ? whole / HOUR + " h" : whole / DAY + " d";
  }

  private Ages() {}
}
