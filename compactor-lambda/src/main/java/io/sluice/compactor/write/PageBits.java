package io.sluice.compactor.write;

import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** One bit per row of a page, lowest first, as Arrow and Parquet both have them. */
final class PageBits {

  private long[] words = new long[4];
  private int size;

  int size() {
    return size;
  }

  boolean get(int index) {
    return ((words[index >>> 6] >>> index) & 1) != 0;
  }

  /** Returns the bit at {@code index} as a number. */
  int bit(int index) {
    return (int) ((words[index >>> 6] >>> index) & 1);
  }

  /** Returns bits {@code 8 * index} to {@code 8 * index + 7}; those past the end are 0. */
  int byteAt(int index) {
    return (int) ((words[index >>> 3] >>> (index << 3)) & 0xFF);
  }

  /** Returns how many bits are set. */
  int ones() {
    int ones = 0;
    for (int i = 0; i < (size + 63) >>> 6; i++) {
      ones += Long.bitCount(words[i]);
    }
    return ones;
  }

  void clear() {
    Arrays.fill(words, 0, (size + 63) >>> 6, 0);
    size = 0;
  }

  /** Appends {@code count} equal bits. */
  void fill(boolean value, int count) {
    for (int done = 0; done < count; done += Long.SIZE) {
      int some = Math.min(Long.SIZE, count - done);
      append(value ? -1L >>> (Long.SIZE - some) : 0, some);
    }
  }

  /** Appends {@code count} bits of {@code source}, from bit {@code from} on. */
  void append(ArrowBuf source, int from, int count) {
    for (int done = 0; done < count; done += Long.SIZE) {
      int some = Math.min(Long.SIZE, count - done);
      append(read(source, from + done, some) & (-1L >>> (Long.SIZE - some)), some);
    }
  }

  private static long read(ArrowBuf source, int from, int count) {
    int start = from >>> 3;
    int shift = from & 7;
    int end = (from + count + 7) >>> 3;
    long word = 0;
    if (start + Long.BYTES <= source.capacity()) {
      word = source.getLong(start) >>> shift;
    } else {
      for (int at = start; at < end && at < start + Long.BYTES; at++) {
        word |= (source.getByte(at) & 0xFFL) << ((at - start) * Byte.SIZE);
      }
      word >>>= shift;
    }
    if (end > start + Long.BYTES) {
      word |= (source.getByte(start + Long.BYTES) & 0xFFL) << (Long.SIZE - shift);
    }
    return word;
  }

  /** Appends the lowest {@code count} bits of {@code word}, whose others are 0. */
  void append(long word, int count) {
    int index = size >>> 6;
    if (index + 2 > words.length) {
      words = Arrays.copyOf(words, 2 * words.length);
    }
    int shift = size & 63;
    words[index] |= word << shift;
    if (shift + count > Long.SIZE) {
      words[index + 1] |= word >>> (Long.SIZE - shift);
    }
    size += count;
  }
}
