package io.sluice.compactor.write;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes written one after the other, numbers lowest byte first, into an array that grows. */
final class ByteSink {

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private byte[] bytes = new byte[256];
  private int size;

  /** Returns how many bytes have been written. */
  int size() {
    return size;
  }

  /** Returns the array that holds them, from its start on; good until the next write. */
  byte[] array() {
    return bytes;
  }

  void clear() {
    size = 0;
  }

  /** Makes room for {@code more} bytes. */
  void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(LARGEST, 2L * bytes.length)));
    }
  }

  void putByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void putInt(int value) {
    ensure(Integer.BYTES);
    INTS.set(bytes, size, value);
    size += Integer.BYTES;
  }

  void putLong(long value) {
    ensure(Long.BYTES);
    LONGS.set(bytes, size, value);
    size += Long.BYTES;
  }

  void putBytes(byte[] from, int start, int count) {
    ensure(count);
    System.arraycopy(from, start, bytes, size, count);
    size += count;
  }

  /** Writes the first {@code count} values, 8 bytes each. */
  void putLongs(long[] values, int count) {
    ensure(Math.multiplyExact(count, Long.BYTES));
    ByteBuffer.wrap(bytes, size, count * Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(values, 0, count);
    size += count * Long.BYTES;
  }

  /** Writes the lower 4 bytes of each of the first {@code count} values. */
  void putInts(long[] values, int count) {
    ensure(Math.multiplyExact(count, Integer.BYTES));
    byte[] target = bytes;
    int at = size;
    for (int i = 0; i < count; i++, at += Integer.BYTES) {
      INTS.set(target, at, (int) values[i]);
    }
    size = at;
  }

  /** Writes an unsigned number in groups of 7 bits, lowest first. */
  void putVarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      putByte((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    putByte((int) rest);
  }

  /** Writes a signed number so that those near 0 are short. */
  void putZigzag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  /** Changes a byte that was written, and an int likewise. */
  void setByte(int at, int value) {
    bytes[at] = (byte) value;
  }

  void setInt(int at, int value) {
    INTS.set(bytes, at, value);
  }
}
