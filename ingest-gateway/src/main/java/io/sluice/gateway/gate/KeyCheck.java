package io.sluice.gateway.gate;

import io.sluice.gateway.rows.KeyBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;

/** Finds keys of a map that are there twice, by their canonical bytes. */
final class KeyCheck {

  /** More keys than a row that the log takes can have. */
  static final int MOST_KEYS = 1 << 21;

  private static final int FEW = 8;
  private static final int MOST_TEXT = 40;

  private final FieldVector keys;

  /** Bytes of a key that is compared as a number; 0 if keys are anything else. */
  private final int width;

  /**
   * @param keys canonical
   */
  KeyCheck(FieldVector keys) {
    this.keys = keys;
    boolean fixed = keys instanceof BaseFixedWidthVector && !(keys instanceof BitVector);
    int bytes = fixed ? ((BaseFixedWidthVector) keys).getTypeWidth() : 0;
    this.width = bytes == Integer.BYTES || bytes == Long.BYTES ? bytes : 0;
  }

  /** Returns the place of a key that is among {@code [start, end)} once more, or -1. */
  int twice(int start, int end) {
    if (end - start < 2) {
      return -1;
    }
    if (width > 0) {
      return end - start <= FEW ? twiceOfFew(start, end) : twiceOfMany(start, end);
    }
    // A tree where hashes are alike, as they may be on purpose.
    Set<ByteBuffer> seen = new HashSet<>();
    for (int i = start; i < end; i++) {
      if (!seen.add(KeyBytes.of(keys, i))) {
        return i;
      }
    }
    return -1;
  }

  private int twiceOfFew(int start, int end) {
    for (int i = start + 1; i < end; i++) {
      for (int j = start; j < i; j++) {
        if (number(i) == number(j)) {
          return i;
        }
      }
    }
    return -1;
  }

  private int twiceOfMany(int start, int end) {
    long[] numbers = new long[end - start];
    for (int i = start; i < end; i++) {
      numbers[i - start] = number(i);
    }
    Arrays.sort(numbers);
    for (int i = 1; i < numbers.length; i++) {
      if (numbers[i] == numbers[i - 1]) {
        int place = start;
        while (number(place) != numbers[i]) {
          place++;
        }
        return place;
      }
    }
    return -1;
  }

  private long number(int index) {
    ArrowBuf data = keys.getDataBuffer();
    return width == Long.BYTES ? data.getLong(8L * index) : data.getInt(4L * index);
  }

  /** Returns a key as an error names it. */
  static String text(FieldVector keys, int index) {
    Object key = keys.getObject(index);
    String text = key instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : "" + key;
    return text.length() <= MOST_TEXT
        ? "'" + text + "'"
        : "'" + text.substring(0, MOST_TEXT) + "'...";
  }
}
