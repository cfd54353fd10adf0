package io.sluice.log.frame;

import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * The values of a column of bytes, in the order of the unsigned bytes that bounds are made of: the
 * first {@link CutBounds#NEEDED_BYTES}. Most comparisons are decided by eight of them, as one
 * number.
 *
 * @param data the values, one after the other
 * @param offsets where each begins; null if all have the same width
 * @param width that width, in bytes
 */
record ByteValues(ArrowBuf data, @Nullable ArrowBuf offsets, int width) {

  /** Returns the first eight bytes of a value as an unsigned number, with zeros after its end. */
  long prefix(int index) {
    return word(startOf(index), length(index));
  }

  /** Compares two values whose prefixes are known. */
  int compare(int left, long leftPrefix, int right, long rightPrefix) {
    return leftPrefix != rightPrefix
        ? Long.compareUnsigned(leftPrefix, rightPrefix)
        : compareRest(left, right);
  }

  /** Returns what bounds need of a value. */
  byte[] start(int index) {
    byte[] value = new byte[length(index)];
    data.getBytes(startOf(index), value);
    return value;
  }

  private int compareRest(int left, int right) {
    long leftAt = startOf(left);
    long rightAt = startOf(right);
    int leftLength = length(left);
    int rightLength = length(right);
    for (int i = Long.BYTES; i < Math.min(leftLength, rightLength); i += Long.BYTES) {
      long leftWord = word(leftAt + i, leftLength - i);
      long rightWord = word(rightAt + i, rightLength - i);
      if (leftWord != rightWord) {
        return Long.compareUnsigned(leftWord, rightWord);
      }
    }
    return Integer.compare(leftLength, rightLength);
  }

  /** Returns up to eight bytes, big-endian, with zeros for what is missing. */
  private long word(long at, int length) {
    if (length >= Long.BYTES) {
      return Long.reverseBytes(data.getLong(at));
    }
    long word = 0;
    for (int i = 0; i < length; i++) {
      word |= (data.getByte(at + i) & 0xFFL) << (56 - 8 * i);
    }
    return word;
  }

  private int length(int index) {
    long length = offsets == null ? width : startOf(index + 1) - startOf(index);
    return (int) Math.min(length, CutBounds.NEEDED_BYTES);
  }

  private long startOf(int index) {
    return offsets == null ? (long) width * index : offsets.getInt(4L * index);
  }
}
