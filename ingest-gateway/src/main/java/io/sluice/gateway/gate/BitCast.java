package io.sluice.gateway.gate;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;

/** Booleans: bits stay bits. */
final class BitCast implements Cast {

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    int rows = from.rows();
    long bytes = Target.bitmapBytes(rows);
    Leaf leaf = from.leaf();
    if (from.isPlain()) {
      ArrowBuf bits = leaf.validity();
      return to.vector(
          rows, bits == null ? null : bits.slice(0, bytes), leaf.first().slice(0, bytes));
    }
    try (ArrowBuf values = to.allocate(bytes);
        ArrowBuf bits = to.validity(from)) {
      values.setZero(0, bytes);
      for (int row = 0; row < rows; row++) {
        int place = from.at(row);
        if (place >= 0 && leaf.bit(place)) {
          BitVectorHelper.setBit(values, row);
        }
      }
      return to.vector(rows, bits, values.slice(0, bytes));
    }
  }
}
