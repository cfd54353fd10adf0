package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.gate.WireType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * Values of one type as they came, not encoded any further but for fields within them; each buffer
 * is long enough for the values. A view of buffers that others own.
 */
final class Leaf {

  private static final int VIEW_BYTES = 16;
  private static final int INLINE_BYTES = 12;

  private final WireType type;
  private final int length;
  private final @Nullable ArrowBuf validity;
  private final List<ArrowBuf> buffers;
  private final List<@Nullable Column> children;

  private Leaf(
      WireType type,
      int length,
      @Nullable ArrowBuf validity,
      List<ArrowBuf> buffers,
      List<@Nullable Column> children) {
    this.type = type;
    this.length = length;
    this.validity = validity;
    this.buffers = buffers;
    this.children = children;
  }

  /** Where a text or binary value's bytes are. */
  record Bytes(ArrowBuf buffer, long start, int length) {}

  /**
   * Where the elements of a list or a map are.
   *
   * @param start place of the first among all elements
   * @param length how many there are
   */
  record Elements(int start, int length) {}

  /** Reads the next field of a batch, which isn't encoded; without the fields within it. */
  static Leaf read(WireType type, BodyParts parts) throws GateException {
    BodyParts.Node node = parts.node();
    if (type.kind() == Kind.NULL) {
      return new Leaf(type, node.length(), null, List.of(), List.of());
    }
    ArrowBuf bits = parts.buffer();
    if (bits.capacity() == 0 && node.nulls() > 0) {
      throw new GateException(
          Code.BAD_MESSAGE, "a field claims %d nulls, but has no bitmap".formatted(node.nulls()));
    }
    if (bits.capacity() > 0) {
      requireBytes("validity bitmap", bits, (node.length() + 7L) / 8);
    }
    List<ArrowBuf> buffers = new ArrayList<>();
    for (int i = 1; i < type.kind().bufferCount(); i++) {
      buffers.add(parts.buffer());
    }
    if (type.kind().isView()) {
      int more = parts.variadicCount();
      for (int i = 0; i < more; i++) {
        buffers.add(parts.buffer());
      }
    }
    Leaf leaf =
        new Leaf(
            type,
            node.length(),
            bits.capacity() == 0 ? null : bits,
            List.copyOf(buffers),
            List.of());
    leaf.requireData();
    return leaf;
  }

  /**
   * Returns these values with those of the fields within them.
   *
   * @param read null for fields that aren't needed
   * @throws GateException if there are too few of them
   */
  Leaf with(List<@Nullable Column> read) throws GateException {
    for (Column child : read) {
      boolean fits =
          child == null
              || switch (type.kind()) {
                case STRUCT -> child.rows() == length;
                case FIXED_LIST -> child.rows() >= (long) length * type.width();
                default -> true;
              };
      if (!fits) {
        throw new GateException(
            Code.BAD_MESSAGE,
            "a field of %d values of type %s has %d values in a field within it"
                .formatted(length, type, child.rows()));
      }
    }
    return new Leaf(type, length, validity, buffers, read);
  }

  /** Returns the values of a field within these, which was needed. */
  Column child(int index) {
    return Objects.requireNonNull(children.get(index));
  }

  WireType type() {
    return type;
  }

  int length() {
    return length;
  }

  /** Returns the bitmap, or null if no value is null. */
  @Nullable ArrowBuf validity() {
    return validity;
  }

  /** Returns the first buffer after the bitmap: values, bits, offsets or views. */
  ArrowBuf first() {
    return buffers.get(0);
  }

  /** Returns the bytes of text and binary with offsets, or the sizes of list views. */
  ArrowBuf data() {
    return buffers.get(1);
  }

  boolean isNull(int index) {
    ArrowBuf bits = validity;
    return bits == null
        ? type.kind() == Kind.NULL
        : ((bits.getByte(index >> 3) >> (index & 7)) & 1) == 0;
  }

  boolean bit(int index) {
    return ((first().getByte(index >> 3) >> (index & 7)) & 1) != 0;
  }

  /** Returns an integer, a date, a time or a timestamp; unsigned longs as if they were signed. */
  long integer(int index) {
    ArrowBuf values = first();
    return switch (type.width()) {
      case 1 -> type.signed() ? values.getByte(index) : values.getByte(index) & 0xff;
      case 2 -> {
        short value = values.getShort(2L * index);
        yield type.signed() ? value : value & 0xffff;
      }
      case 4 -> {
        int value = values.getInt(4L * index);
        boolean signed = type.kind() != Kind.INT || type.signed();
        yield signed ? value : value & 0xffff_ffffL;
      }
      default -> values.getLong(8L * index);
    };
  }

  /**
   * Returns where a value's bytes are.
   *
   * @throws UnfitValueException if it points outside of its buffer
   */
  Bytes bytes(int index) throws UnfitValueException {
    if (type.kind() == Kind.FIXED) {
      return new Bytes(first(), (long) index * type.width(), type.width());
    }
    if (type.kind().isView()) {
      return view(index);
    }
    long start = offset(index);
    long end = offset(index + 1);
    if (start < 0 || end < start || end > data().capacity() || end - start > Integer.MAX_VALUE) {
      throw new UnfitValueException(
          "the value claims bytes [%d, %d) of a buffer of %d bytes"
              .formatted(start, end, data().capacity()));
    }
    return new Bytes(data(), start, (int) (end - start));
  }

  /** Returns an offset, unchecked. */
  long offset(int index) {
    return number(first(), index);
  }

  private long number(ArrowBuf numbers, int index) {
    return type.hasLongOffsets() ? numbers.getLong(8L * index) : numbers.getInt(4L * index);
  }

  /**
   * Returns where a list's or map's elements are.
   *
   * @param row where the value is wanted, for errors
   * @throws GateException if it claims elements that aren't there
   */
  Elements list(int index, int row, Target to) throws GateException {
    long start = type.kind() == Kind.FIXED_LIST ? (long) index * type.width() : offset(index);
    long count =
        switch (type.kind()) {
          case FIXED_LIST -> type.width();
          case LIST_VIEW -> number(data(), index);
          default -> offset(index + 1) - start;
        };
    int elements = child(0).rows();
    if (start < 0 || count < 0 || start > elements || count > elements - start) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "row %d, column '%s': the list claims elements [%d, +%d) of %d"
              .formatted(to.rowNumber(row), to.path(), start, count, elements));
    }
    return new Elements((int) start, (int) count);
  }

  private Bytes view(int index) throws UnfitValueException {
    long at = (long) index * VIEW_BYTES;
    int bytes = first().getInt(at);
    if (bytes >= 0 && bytes <= INLINE_BYTES) {
      return new Bytes(first(), at + 4, bytes);
    }
    int buffer = first().getInt(at + 8);
    int start = first().getInt(at + 12);
    boolean there = bytes >= 0 && buffer >= 0 && buffer < buffers.size() - 1 && start >= 0;
    if (!there || start > buffers.get(buffer + 1).capacity() - bytes) {
      throw new UnfitValueException(
          "the view claims bytes [%d, +%d) of buffer %d of %d"
              .formatted(start, bytes, buffer, buffers.size() - 1));
    }
    return new Bytes(buffers.get(buffer + 1), start, bytes);
  }

  private void requireData() throws GateException {
    switch (type.kind()) {
      case BOOL -> requireBytes("bits", first(), (length + 7L) / 8);
      case UTF8, BINARY -> requireOffsets(4);
      case LARGE_UTF8, LARGE_BINARY -> requireOffsets(8);
      case LIST, MAP -> requireOffsets(type.hasLongOffsets() ? 8 : 4);
      case LIST_VIEW -> {
        requireBytes("offsets", first(), (long) length * type.width());
        requireBytes("sizes", data(), (long) length * type.width());
      }
      case STRUCT, FIXED_LIST -> {}
      case UTF8_VIEW, BINARY_VIEW -> requireBytes("views", first(), (long) length * VIEW_BYTES);
      default -> requireBytes("values", first(), (long) length * type.width());
    }
  }

  /** Arrays without values may come without their one offset. */
  private void requireOffsets(int width) throws GateException {
    if (length > 0) {
      requireBytes("offsets", first(), (length + 1L) * width);
    }
  }

  private static void requireBytes(String what, ArrowBuf buffer, long least) throws GateException {
    if (buffer.capacity() < least) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "a buffer of %s has %d bytes, but its field needs %d"
              .formatted(what, buffer.capacity(), least));
    }
  }
}
