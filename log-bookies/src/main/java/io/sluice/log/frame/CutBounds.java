package io.sluice.log.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts long values so that they are still bounds: a prefix is never more than its value; to be an
 * upper bound its last unit is raised by one. Text is cut between characters and stays valid UTF-8.
 */
final class CutBounds {

  /** How much of a value must be known: one byte more than a bound may have. */
  static final int NEEDED_BYTES = ColumnBounds.MAX_BYTES + 1;

  static ByteBuffer lower(byte[] value, boolean text) {
    return ByteBuffer.wrap(value, 0, cut(value, text)).slice();
  }

  /** Returns null if there is no upper bound that is short enough. */
  static @Nullable ByteBuffer upper(byte[] value, boolean text) {
    int length = cut(value, text);
    if (length == value.length) {
      return ByteBuffer.wrap(value);
    }
    return text ? raisedText(value, length) : raised(value, length);
  }

  private static int cut(byte[] value, boolean text) {
    if (value.length <= ColumnBounds.MAX_BYTES) {
      return value.length;
    }
    int length = ColumnBounds.MAX_BYTES;
    while (text && length > 0 && (value[length] & 0xC0) == 0x80) {
      length--;
    }
    return length;
  }

  private static @Nullable ByteBuffer raised(byte[] value, int length) {
    for (int last = length - 1; last >= 0; last--) {
      if (value[last] != (byte) 0xFF) {
        byte[] raised = Arrays.copyOf(value, last + 1);
        raised[last]++;
        return ByteBuffer.wrap(raised);
      }
    }
    return null;
  }

  private static @Nullable ByteBuffer raisedText(byte[] value, int length) {
    int start;
    for (int end = length; end > 0; end = start) {
      start = end - 1;
      while ((value[start] & 0xC0) == 0x80) {
        start--;
      }
      int next = new String(value, start, end - start, StandardCharsets.UTF_8).codePointAt(0) + 1;
      if (next == Character.MIN_SURROGATE) {
        next = Character.MAX_SURROGATE + 1;
      }
      if (next <= Character.MAX_CODE_POINT) {
        byte[] last = Character.toString(next).getBytes(StandardCharsets.UTF_8);
        if (start + last.length <= ColumnBounds.MAX_BYTES) {
          byte[] raised = Arrays.copyOf(value, start + last.length);
          System.arraycopy(last, 0, raised, start, last.length);
          return ByteBuffer.wrap(raised);
        }
      }
    }
    return null;
  }

  private CutBounds() {}
}
