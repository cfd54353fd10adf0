package io.sluice.gateway.gate;

import io.sluice.gateway.rows.Utf8;
import org.apache.arrow.memory.ArrowBuf;

/** Refuses text that isn't UTF-8. ASCII, the usual case, is told eight bytes at a time. */
final class Utf8Check {

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  /**
   * Checks each row that isn't null.
   *
   * @param from tells which rows are null
   * @param offsets canonical, checked
   * @param data what the offsets point into
   */
  static void check(Column from, ArrowBuf offsets, ArrowBuf data, Target to) throws GateException {
    if (isAscii(data, 0, data.capacity())) {
      return;
    }
    for (int row = 0; row < from.rows(); row++) {
      int start = offsets.getInt(4L * row);
      int end = offsets.getInt(4L * (row + 1L));
      if (start == end || from.at(row) < 0 || isAscii(data, start, end)) {
        continue;
      }
      byte[] text = new byte[end - start];
      data.getBytes(start, text);
      int malformed = Utf8.firstMalformed(text, 0, text.length);
      if (malformed >= 0) {
        throw to.refused(
            row,
            "the text is not valid UTF-8: byte 0x%02x at position %d of %d"
                .formatted(text[malformed] & 0xff, malformed, text.length));
      }
    }
  }

  private static boolean isAscii(ArrowBuf data, long start, long end) {
    long at = start;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      if ((data.getLong(at) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (data.getByte(at) < 0) {
        return false;
      }
    }
    return true;
  }

  private Utf8Check() {}
}
