package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/**
 * Text and binary of any Arrow form, as offsets of 4 bytes and data.
 *
 * @param text whether the bytes must be UTF-8
 */
record BytesCast(boolean text) implements Cast {

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    boolean canonical =
        from.leaf().type().kind() == (text ? WireType.Kind.UTF8 : WireType.Kind.BINARY);
    return canonical && from.isPlain() && from.rows() > 0 && isCanonical(from, to)
        ? pass(from, to)
        : copy(from, to);
  }

  /** Checks all offsets, of nulls too; returns whether they begin at 0. */
  private static boolean isCanonical(Column from, Target to) throws GateException {
    Leaf leaf = from.leaf();
    long before = leaf.offset(0);
    boolean fromZero = before == 0;
    long size = leaf.data().capacity();
    for (int i = 0; i <= from.rows(); i++) {
      long offset = leaf.offset(i);
      if (offset < before || offset < 0 || offset > size) {
        throw new GateException(
            Code.BAD_MESSAGE,
            "row %d, column '%s': offset %d after %d, in a buffer of %d bytes"
                .formatted(to.rowNumber(Math.max(0, i - 1)), to.path(), offset, before, size));
      }
      before = offset;
    }
    return fromZero;
  }

  private FieldVector pass(Column from, Target to) throws GateException {
    Leaf leaf = from.leaf();
    int rows = from.rows();
    ArrowBuf offsets = leaf.first().slice(0, 4L * (rows + 1L));
    ArrowBuf data = leaf.data().slice(0, leaf.offset(rows));
    ArrowBuf bits = leaf.validity();
    ArrowBuf validity = bits == null ? null : bits.slice(0, Target.bitmapBytes(rows));
    if (text) {
      Utf8Check.check(from, offsets, data, to);
    }
    return to.vector(rows, validity, offsets, data);
  }

  private FieldVector copy(Column from, Target to) throws GateException {
    int rows = from.rows();
    long total = measure(from, to);
    if (total > Integer.MAX_VALUE) {
      throw new GateException(
          Code.TOO_LARGE, "column '%s' has %d bytes: send fewer rows".formatted(to.path(), total));
    }
    try (ArrowBuf offsets = to.allocate(4L * (rows + 1L));
        ArrowBuf data = to.allocate(total);
        ArrowBuf bits = to.validity(from)) {
      int at = 0;
      offsets.setInt(0, 0);
      for (int row = 0; row < rows; row++) {
        int place = from.at(row);
        if (place >= 0) {
          Leaf.Bytes value = bytes(from, place, row, to);
          data.setBytes(at, value.buffer(), value.start(), value.length());
          at += value.length();
        }
        offsets.setInt(4L * (row + 1L), at);
      }
      ArrowBuf written = data.slice(0, at);
      if (text) {
        Utf8Check.check(from, offsets, written, to);
      }
      return to.vector(rows, bits, offsets.slice(0, 4L * (rows + 1L)), written);
    }
  }

  private static long measure(Column from, Target to) throws GateException {
    long total = 0;
    for (int row = 0; row < from.rows(); row++) {
      int place = from.at(row);
      if (place >= 0) {
        total += bytes(from, place, row, to).length();
      }
    }
    return total;
  }

  private static Leaf.Bytes bytes(Column from, int place, int row, Target to) throws GateException {
    try {
      return from.leaf().bytes(place);
    } catch (UnfitValueException e) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "row %d, column '%s': %s".formatted(to.rowNumber(row), to.path(), e.reason()));
    }
  }
}
