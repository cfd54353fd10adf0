package io.sluice.gateway.rows;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Dates and times as text, read by hand: strict, without a formatter's cost, and with at most six
 * fraction digits, or nine (more only if they are zeros).
 */
final class TemporalText {

  private static final int MICROS = 6;
  private static final long SECONDS_PER_DAY = 86_400;
  private static final int MOST_OFFSET_SECONDS = 18 * 3_600;

  private final String text;
  private final String expected;
  private final int fractionDigits;
  private final long perSecond;
  private int at;

  private TemporalText(String text, int fractionDigits, String expected) {
    this.text = text;
    this.expected = expected;
    this.fractionDigits = fractionDigits;
    this.perSecond = fractionDigits == MICROS ? 1_000_000 : 1_000_000_000;
  }

  /** Returns the days since 1970-01-01 of {@code YYYY-MM-DD}. */
  static int date(String text) throws BadValueException {
    TemporalText reader = new TemporalText(text, MICROS, "a date as YYYY-MM-DD");
    long days = reader.days();
    reader.end();
    if (days != (int) days) {
      throw new BadValueException("the date " + text + " is out of range");
    }
    return (int) days;
  }

  /** Returns the microseconds since midnight of {@code HH:MM:SS[.ffffff]}. */
  static long time(String text) throws BadValueException {
    TemporalText reader = new TemporalText(text, MICROS, "a time as HH:MM:SS[.ffffff]");
    long micros = reader.timeOfDay();
    reader.end();
    return micros;
  }

  /**
   * Returns the time since 1970-01-01T00:00:00 of {@code YYYY-MM-DDTHH:MM:SS[.ffffff]}.
   *
   * @param fractionDigits 6 for microseconds, 9 for nanoseconds
   */
  static long timestamp(String text, int fractionDigits) throws BadValueException {
    TemporalText reader =
        new TemporalText(
            text, fractionDigits, "a timestamp without zone as YYYY-MM-DDTHH:MM:SS[.ffffff]");
    long days = reader.days();
    reader.separator();
    long units = reader.timeOfDay();
    if (reader.at < text.length() && "Zz+-".indexOf(text.charAt(reader.at)) >= 0) {
      throw new BadValueException("a timestamp without zone takes no zone or offset, got " + text);
    }
    reader.end();
    return reader.units(days, units);
  }

  /**
   * Returns the time since the epoch of a timestamp that ends in {@code Z} or an offset.
   *
   * @param fractionDigits 6 for microseconds, 9 for nanoseconds
   */
  static long timestamptz(String text, int fractionDigits) throws BadValueException {
    TemporalText reader =
        new TemporalText(
            text,
            fractionDigits,
            "a timestamp with zone as YYYY-MM-DDTHH:MM:SS[.ffffff] and Z or +HH:MM");
    long days = reader.days();
    reader.separator();
    long units = reader.timeOfDay();
    if (reader.at == text.length()) {
      throw new BadValueException(
          "a timestamp with zone must end in Z or an offset such as +02:00, got " + text);
    }
    units -= reader.offsetSeconds() * reader.perSecond;
    reader.end();
    return reader.units(days, units);
  }

  private long units(long days, long unitsOfDay) throws BadValueException {
    long perDay = SECONDS_PER_DAY * perSecond;
    try {
      // Before the epoch the product alone may overflow where the sum doesn't.
      return days < 0
          ? Math.addExact(Math.multiplyExact(days + 1, perDay), unitsOfDay - perDay)
          : Math.addExact(Math.multiplyExact(days, perDay), unitsOfDay);
    } catch (ArithmeticException e) {
      throw new BadValueException("the timestamp " + text + " is out of range");
    }
  }

  private long days() throws BadValueException {
    int start = at;
    boolean signed = at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+');
    boolean negative = signed && text.charAt(at) == '-';
    if (signed) {
      at++;
    }
    int firstDigit = at;
    int year = 0;
    while (isDigit() && at - firstDigit < 9) {
      year = year * 10 + digit();
    }
    int digits = at - firstDigit;
    if (digits < 4 || (digits > 4 && !signed)) {
      throw wrong();
    }
    expect('-');
    int month = two();
    expect('-');
    int day = two();
    try {
      return LocalDate.of(negative ? -year : year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw new BadValueException("there is no date " + text.substring(start, at));
    }
  }

  private long timeOfDay() throws BadValueException {
    int start = at;
    int hour = two();
    expect(':');
    int minute = two();
    expect(':');
    int second = two();
    if (hour > 23 || minute > 59 || second > 59) {
      throw new BadValueException("there is no time " + text.substring(start, at));
    }
    return ((hour * 60L + minute) * 60L + second) * perSecond + fraction();
  }

  private long fraction() throws BadValueException {
    if (at == text.length() || text.charAt(at) != '.') {
      return 0;
    }
    at++;
    int start = at;
    long units = 0;
    while (isDigit()) {
      boolean beyond = at - start >= fractionDigits;
      int digit = digit();
      if (beyond && digit != 0) {
        throw new BadValueException(
            "the time has more than %d fraction digits (%s): %s"
                .formatted(
                    fractionDigits,
                    fractionDigits == MICROS ? "microseconds" : "nanoseconds",
                    text));
      }
      units = beyond ? units : units * 10 + digit;
    }
    int digits = at - start;
    if (digits == 0) {
      throw wrong();
    }
    for (int i = digits; i < fractionDigits; i++) {
      units *= 10;
    }
    return units;
  }

  private long offsetSeconds() throws BadValueException {
    char sign = text.charAt(at);
    at++;
    if (sign == 'Z' || sign == 'z') {
      return 0;
    }
    if (sign != '+' && sign != '-') {
      throw wrong();
    }
    int hours = two();
    int minutes = 0;
    if (at < text.length()) {
      if (text.charAt(at) == ':') {
        at++;
      }
      minutes = two();
    }
    long seconds = hours * 3_600L + minutes * 60L;
    if (minutes > 59 || seconds > MOST_OFFSET_SECONDS) {
      throw new BadValueException("the offset is beyond 18:00: " + text);
    }
    return sign == '-' ? -seconds : seconds;
  }

  private void separator() throws BadValueException {
    if (at == text.length() || "Tt ".indexOf(text.charAt(at)) < 0) {
      throw wrong();
    }
    at++;
  }

  private int two() throws BadValueException {
    if (!isDigit()) {
      throw wrong();
    }
    int tens = digit();
    if (!isDigit()) {
      throw wrong();
    }
    return tens * 10 + digit();
  }

  private boolean isDigit() {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private int digit() {
    int digit = text.charAt(at) - '0';
    at++;
    return digit;
  }

  private void expect(char c) throws BadValueException {
    if (at == text.length() || text.charAt(at) != c) {
      throw wrong();
    }
    at++;
  }

  private void end() throws BadValueException {
    if (at != text.length()) {
      throw wrong();
    }
  }

  private BadValueException wrong() {
    String form = expected.replace("ffffff", "f".repeat(fractionDigits));
    return new BadValueException("expected " + form + ", got " + ValueForm.CSV_FIELD.shown(text));
  }
}
