package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the bounds of columns, each as
 *
 * <pre>
 *   0      4    5         9       10      11      11+l    11+l+u
 *   +------+----+---------+-------+-------+-------+-------+
 *   |field |kind|nullCount|lower l|upper u| lower | upper |
 *   +------+----+---------+-------+-------+-------+-------+
 * </pre>
 *
 * big-endian; l and u are the lengths of the bounds, -1 for a bound that is missing.
 */
final class BoundsCodec {

  /** The most bytes that the bounds of one column take. */
  static final int MAX_SIZE = 11 + 2 * ColumnBounds.MAX_BYTES;

  private static final int FIXED_SIZE = 11;

  static int size(List<ColumnBounds> bounds) {
    int size = 0;
    for (ColumnBounds column : bounds) {
      size +=
          FIXED_SIZE + Math.max(0, length(column.lower())) + Math.max(0, length(column.upper()));
    }
    return size;
  }

  static void write(List<ColumnBounds> bounds, ByteBuf out) {
    for (ColumnBounds column : bounds) {
      out.writeInt(column.fieldId());
      out.writeByte(column.kind().code());
      out.writeInt(column.nullCount());
      out.writeByte(length(column.lower()));
      out.writeByte(length(column.upper()));
      write(column.lower(), out);
      write(column.upper(), out);
    }
  }

  /**
   * Reads {@code count} bounds from {@code in}, whose readable bytes may go on after them.
   *
   * @throws CorruptEntryException if they aren't bounds
   */
  static List<ColumnBounds> read(int count, ByteBuf in) {
    requireRoom(count, in);
    List<ColumnBounds> bounds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      bounds.add(readOne(i, in));
    }
    return bounds;
  }

  /**
   * Checks that {@link #read} would succeed, and makes nothing.
   *
   * @throws CorruptEntryException if they aren't bounds
   */
  static void check(int count, ByteBuf in) {
    requireRoom(count, in);
    for (int i = 0; i < count; i++) {
      requireFixed(i, in);
      int fieldId = in.readInt();
      BoundKind kind = BoundKind.of(in.readByte());
      int nullCount = in.readInt();
      int lower = in.readByte();
      int upper = in.readByte();
      requireLength(i, lower, in.readableBytes());
      requireLength(i, upper, in.readableBytes() - Math.max(0, lower));
      if (nullCount < 0 || takesNot(kind, lower) || takesNot(kind, upper)) {
        throw new CorruptEntryException(
            "bounds of column %d, field %d: %d nulls, %s of %d and %d bytes"
                .formatted(i, fieldId, nullCount, kind, lower, upper));
      }
      in.skipBytes(Math.max(0, lower) + Math.max(0, upper));
    }
  }

  private static boolean takesNot(BoundKind kind, int length) {
    return length >= 0 && !kind.takes(length);
  }

  private static ColumnBounds readOne(int index, ByteBuf in) {
    requireFixed(index, in);
    int fieldId = in.readInt();
    BoundKind kind = BoundKind.of(in.readByte());
    int nullCount = in.readInt();
    int lowerLength = in.readByte();
    int upperLength = in.readByte();
    ByteBuffer lower = readBound(index, lowerLength, in);
    ByteBuffer upper = readBound(index, upperLength, in);
    try {
      return new ColumnBounds(fieldId, kind, nullCount, lower, upper);
    } catch (IllegalArgumentException e) {
      throw new CorruptEntryException("bounds of column " + index + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable ByteBuffer readBound(int index, int length, ByteBuf in) {
    requireLength(index, length, in.readableBytes());
    if (length == -1) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static void requireRoom(int count, ByteBuf in) {
    if (count < 0 || count > in.readableBytes() / FIXED_SIZE) {
      throw new CorruptEntryException(
          count + " columns' bounds can't be in " + in.readableBytes() + " bytes");
    }
  }

  private static void requireFixed(int index, ByteBuf in) {
    if (in.readableBytes() < FIXED_SIZE) {
      throw new CorruptEntryException("bounds of column " + index + " are cut off");
    }
  }

  private static void requireLength(int index, int length, int left) {
    if (length < -1 || length > ColumnBounds.MAX_BYTES || length > left) {
      throw new CorruptEntryException("a bound of column " + index + " has " + length + " bytes");
    }
  }

  private static int length(@Nullable ByteBuffer bound) {
    return bound == null ? -1 : bound.remaining();
  }

  private static void write(@Nullable ByteBuffer bound, ByteBuf out) {
    if (bound != null) {
      out.writeBytes(bound.duplicate());
    }
  }

  private BoundsCodec() {}
}
