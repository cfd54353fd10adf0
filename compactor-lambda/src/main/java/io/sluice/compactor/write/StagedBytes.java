package io.sluice.compactor.write;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** Values of bytes, none null, end to end in one array. */
final class StagedBytes {

  private static final VarHandle LOWEST_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle HIGHEST_FIRST =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Bytes past the last value that may be read, whatever is in them. */
  private static final int SPARE = Long.BYTES;

  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private byte[] data = new byte[64];
  private int[] offsets = new int[16];
  private int count;

  int count() {
    return count;
  }

  byte[] data() {
    return data;
  }

  int start(int index) {
    return offsets[index];
  }

  int length(int index) {
    return offsets[index + 1] - offsets[index];
  }

  /** Returns the values' bytes. */
  int bytes() {
    return offsets[count];
  }

  /** Returns the values' bytes with a length of 4 bytes for each. */
  long prefixedBytes() {
    return bytes() + (long) Integer.BYTES * count;
  }

  /** Returns the memory that this takes, in bytes. */
  long heldBytes() {
    return data.length + (long) Integer.BYTES * offsets.length;
  }

  void clear() {
    count = 0;
  }

  /** Frees memory; the values are gone. */
  void release() {
    count = 0;
    data = new byte[64];
    offsets = new int[16];
  }

  /** Leaves the first {@code values} values, in no more memory than they need. */
  void cutTo(int values) {
    count = values;
    data = Arrays.copyOf(data, bytes() + SPARE);
    offsets = Arrays.copyOf(offsets, values + 1);
  }

  /** Appends {@code length} bytes that belong to no value yet; {@link #addEnd} makes them so. */
  int reserve(ArrowBuf source, long from, int length) {
    int at = bytes();
    ensure(length);
    source.getBytes(from, data, at, length);
    return at;
  }

  /** Makes room for as many values, {@code length} bytes long together. */
  void ensure(int values, int length) {
    ensure(length);
    int needed = count + values + 1;
    if (needed > offsets.length) {
      offsets = Arrays.copyOf(offsets, Math.max(needed, 2 * offsets.length));
    }
  }

  private void ensure(int length) {
    long needed = (long) bytes() + length + SPARE;
    if (needed > data.length) {
      int grown = (int) Math.max(needed, Math.min(LARGEST, 2L * data.length));
      data = Arrays.copyOf(data, grown);
    }
  }

  /** Makes what lies between the last value's end and {@code end} the next value. */
  void addEnd(int end) {
    offsets[++count] = end;
  }

  /** Moves bytes that belong to no value yet down to where the next one begins. */
  void move(int from, int to, int length) {
    if (from != to) {
      System.arraycopy(data, from, data, to, length);
    }
  }

  /** Appends the lowest {@code length} bytes of a number of 16, highest first, as a value. */
  void addReversed(long low, long high, int length) {
    int end = bytes() + length;
    for (int i = 0; i < length; i++) {
      long word = i < Long.BYTES ? low : high;
      data[end - 1 - i] = (byte) (word >>> (i * Byte.SIZE));
    }
    addEnd(end);
  }

  /** Appends a value of {@code other}. */
  void add(StagedBytes other, int index) {
    int length = other.length(index);
    ensure(1, length);
    int at = bytes();
    System.arraycopy(other.data, other.start(index), data, at, length);
    addEnd(at + length);
  }

  /** Returns 8 bytes of a value from {@code at} on, with zeros past its end. */
  long word(int index, int at) {
    int from = start(index) + at;
    int left = offsets[index + 1] - from;
    long word = (long) LOWEST_FIRST.get(data, from);
    return left >= Long.BYTES ? word : word & ((1L << (left * Byte.SIZE)) - 1);
  }

  /**
   * Returns a value's first 8 bytes so that unsigned order of the numbers is order of the bytes;
   * zeros past its end.
   */
  long prefix(int index) {
    int from = start(index);
    int left = offsets[index + 1] - from;
    if (left >= Long.BYTES) {
      return (long) HIGHEST_FIRST.get(data, from);
    }
    return left == 0
        ? 0
        : (long) HIGHEST_FIRST.get(data, from) & (-1L << ((Long.BYTES - left) * Byte.SIZE));
  }

  boolean isEqual(int index, StagedBytes other, int otherIndex) {
    int length = length(index);
    if (length != other.length(otherIndex)) {
      return false;
    }
    return length <= Long.BYTES
        ? length == 0 || word(index, 0) == other.word(otherIndex, 0)
        : Arrays.equals(
            data,
            start(index),
            offsets[index + 1],
            other.data,
            other.start(otherIndex),
            other.offsets[otherIndex + 1]);
  }

  /** Compares two values byte by byte, unsigned. */
  int compare(int left, int right) {
    return Arrays.compareUnsigned(
        data, offsets[left], offsets[left + 1], data, offsets[right], offsets[right + 1]);
  }

  byte[] copy(int index) {
    return Arrays.copyOfRange(data, offsets[index], offsets[index + 1]);
  }
}
