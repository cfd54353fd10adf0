package io.sluice.gateway.rows;

import java.math.BigDecimal;

/**
 * Numbers as text: a strict grammar before the JDK's parsers, which take much more than numbers.
 */
final class NumberText {

  /** No number of any column type needs more characters. */
  static final int MOST_CHARACTERS = 1_000;

  /** Returns whether {@code text} is an optional minus and ASCII digits. */
  static boolean isInteger(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    return start < text.length()
        && text.length() <= MOST_CHARACTERS
        && digitsFrom(text, start) == text.length();
  }

  /**
   * Returns whether {@code text} is a decimal number: sign, digits with at most one point,
   * exponent.
   */
  static boolean isNumber(String text) {
    int length = text.length();
    if (length == 0 || length > MOST_CHARACTERS) {
      return false;
    }
    int start = isSign(text.charAt(0)) ? 1 : 0;
    int at = digitsFrom(text, start);
    int digits = at - start;
    if (at < length && text.charAt(at) == '.') {
      int fraction = at + 1;
      at = digitsFrom(text, fraction);
      digits += at - fraction;
    }
    if (digits == 0) {
      return false;
    }
    if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < length && isSign(text.charAt(at))) {
        at++;
      }
      int exponent = at;
      at = digitsFrom(text, exponent);
      if (at == exponent) {
        return false;
      }
    }
    return at == length;
  }

  /**
   * Returns {@code text}, which {@link #isNumber}, as a decimal of exactly {@code scale} fraction
   * digits.
   */
  static BigDecimal decimal(String text, int precision, int scale) throws BadValueException {
    BigDecimal value;
    try {
      value = new BigDecimal(text).stripTrailingZeros();
    } catch (NumberFormatException | ArithmeticException e) {
      throw new BadValueException("the exponent is out of range");
    }
    String type = "decimal(" + precision + ", " + scale + ")";
    if (value.signum() == 0) {
      return BigDecimal.ZERO.setScale(scale);
    }
    if (value.scale() > scale) {
      throw new BadValueException(
          "the value has " + value.scale() + " fraction digits, " + type + " has " + scale);
    }
    if ((long) value.precision() - value.scale() > precision - scale) {
      throw new BadValueException("the value is out of the range of " + type);
    }
    return value.setScale(scale);
  }

  private static boolean isSign(char c) {
    return c == '-' || c == '+';
  }

  private static int digitsFrom(String text, int start) {
    int at = start;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private NumberText() {}
}
