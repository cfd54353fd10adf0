package io.sluice.log.frame;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;

/** How the bytes of a column's bounds compare. The code is what frames hold. */
public enum BoundKind {
  /** One byte, 0 or 1. */
  BOOLEAN(0, 1, (l, r) -> Byte.compare(l.get(l.position()), r.get(r.position()))),
  /** Four bytes, little-endian: int and date. */
  INT(1, 4, (l, r) -> Integer.compare(intOf(l), intOf(r))),
  /** Eight bytes, little-endian: long, time, timestamps. */
  LONG(2, 8, (l, r) -> Long.compare(longOf(l), longOf(r))),
  /** Four bytes, little-endian. */
  FLOAT(
      3,
      4,
      (l, r) -> Float.compare(Float.intBitsToFloat(intOf(l)), Float.intBitsToFloat(intOf(r)))),
  /** Eight bytes, little-endian. */
  DOUBLE(
      4,
      8,
      (l, r) ->
          Double.compare(Double.longBitsToDouble(longOf(l)), Double.longBitsToDouble(longOf(r)))),
  /** The unscaled value, big-endian two's complement, as short as can be. */
  DECIMAL(5, -1, Comparator.comparing(BoundKind::unscaled)),
  /** Unsigned bytes from left to right: string, binary, fixed, uuid. */
  BYTES(6, -1, BoundKind::compareUnsigned);

  /** By code: each has its place's number. */
  private static final BoundKind[] KINDS = values();

  private final int code;
  private final int size;

  @SuppressWarnings("ImmutableEnumChecker") // each order is a stateless function
  private final Comparator<ByteBuffer> order;

  BoundKind(int code, int size, Comparator<ByteBuffer> order) {
    this.code = code;
    this.size = size;
    this.order = order;
  }

  /** Returns what stands for this kind in a frame. */
  public int code() {
    return code;
  }

  /** Compares two bounds of this kind. */
  public int compare(ByteBuffer left, ByteBuffer right) {
    return order.compare(left, right);
  }

  /** Returns whether a bound of this kind may have {@code length} bytes. */
  boolean takes(int length) {
    return size >= 0 ? length == size : length >= (this == DECIMAL ? 1 : 0);
  }

  /**
   * Returns the kind that a frame's byte stands for.
   *
   * @throws CorruptEntryException if there is none
   */
  static BoundKind of(int code) {
    if (code >= 0 && code < KINDS.length) {
      return KINDS[code];
    }
    throw new CorruptEntryException("unknown kind of column bounds: " + code);
  }

  /** Reads little-endian, whatever order the buffer itself has, and makes no object for it. */
  private static int intOf(ByteBuffer bytes) {
    int value = bytes.getInt(bytes.position());
    return bytes.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static long longOf(ByteBuffer bytes) {
    long value = bytes.getLong(bytes.position());
    return bytes.order() == ByteOrder.LITTLE_ENDIAN ? value : Long.reverseBytes(value);
  }

  private static BigInteger unscaled(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return new BigInteger(copy);
  }

  private static int compareUnsigned(ByteBuffer left, ByteBuffer right) {
    int difference = left.mismatch(right);
    if (difference < 0) {
      return 0;
    }
    if (difference >= left.remaining() || difference >= right.remaining()) {
      return Integer.compare(left.remaining(), right.remaining());
    }
    return Byte.compareUnsigned(
        left.get(left.position() + difference), right.get(right.position() + difference));
  }
}
