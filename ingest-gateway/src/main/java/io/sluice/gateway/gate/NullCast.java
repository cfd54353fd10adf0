package io.sluice.gateway.gate;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/**
 * A column without a value: of Arrow's null type, or one that the batch doesn't have.
 *
 * @param width bytes of a canonical value: 0 for a bit, -1 for offsets and bytes
 */
record NullCast(int width) implements Cast.Nulls {

  /** {@link #width} of text and binary. */
  static final int VARIABLE = -1;

  @Override
  public FieldVector nulls(int rows, Target to) throws GateException {
    long bytes =
        switch (width) {
          case 0 -> Target.bitmapBytes(rows);
          case VARIABLE -> 4L * (rows + 1L);
          default -> (long) rows * width;
        };
    try (ArrowBuf bits = to.allocate(Target.bitmapBytes(rows));
        ArrowBuf zeros = to.allocate(bytes)) {
      bits.setZero(0, bits.capacity());
      zeros.setZero(0, zeros.capacity());
      ArrowBuf values = zeros.slice(0, bytes);
      return width == VARIABLE
          ? to.vector(rows, bits, values, to.empty())
          : to.vector(rows, bits, values);
    }
  }
}
