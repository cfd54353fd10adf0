package io.sluice.gateway.rows;

/** Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, and nothing replaced. */
public final class Utf8 {

  /**
   * Looks for the first byte that is not well-formed UTF-8.
   *
   * @param bytes the text
   * @param start the first byte to look at
   * @param end one past the last
   * @return the position of the first malformed sequence, or -1 if there is none
   */
  public static int firstMalformed(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      if (bytes[at] >= 0) {
        at++;
        continue;
      }
      int length = sequenceLength(bytes, at, end);
      if (length == 0) {
        return at;
      }
      at += length;
    }
    return -1;
  }

  /**
   * Returns whether each surrogate in {@code text} has its partner, so that it can be written as
   * UTF-8.
   */
  static boolean isEncodable(String text) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      at++;
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean paired =
          Character.isHighSurrogate(c)
              && at < text.length()
              && Character.isLowSurrogate(text.charAt(at));
      if (!paired) {
        return false;
      }
      at++;
    }
    return true;
  }

  /** Returns the length, 2 to 4, of the sequence at {@code at}, or 0 if it is malformed. */
  private static int sequenceLength(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + length > end) {
      return 0;
    }
    // The second byte's range is narrower after four leads: overlong forms, surrogates, the end of
    // Unicode.
    int second = bytes[at + 1] & 0xff;
    int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private Utf8() {}
}
