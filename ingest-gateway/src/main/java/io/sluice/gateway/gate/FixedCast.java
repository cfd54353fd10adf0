package io.sluice.gateway.gate;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * Casts values of fixed width one by one, or passes them uncopied if they are canonical.
 *
 * @param width bytes of a canonical value
 * @param passes whether the wire's values are canonical as they are, but for the check
 * @param check what values must be beyond that; null for anything
 * @param step writes a value that passed the check
 */
record FixedCast(int width, boolean passes, @Nullable Check check, Step step) implements Cast {

  /** Refuses a value. */
  interface Check {
    void check(Leaf from, int place) throws UnfitValueException;
  }

  /** Writes a value. */
  interface Step {
    /**
     * Writes one.
     *
     * @param place of the value in {@code from}
     * @param at where it goes in {@code to}, in bytes
     */
    void write(Leaf from, int place, ArrowBuf to, long at) throws UnfitValueException;
  }

  /** Casts each value. */
  static FixedCast each(int width, Step step) {
    return new FixedCast(width, false, null, step);
  }

  /** Passes values that are canonical, but for a check. */
  static FixedCast pass(int width, @Nullable Check check) {
    return new FixedCast(
        width,
        true,
        check,
        (from, place, to, at) -> to.setBytes(at, from.first(), (long) place * width, width));
  }

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    int rows = from.rows();
    long bytes = (long) rows * width;
    if (passes && from.isPlain()) {
      checkAll(from, to);
      ArrowBuf bits = from.leaf().validity();
      return to.vector(
          rows,
          bits == null ? null : bits.slice(0, Target.bitmapBytes(rows)),
          from.leaf().first().slice(0, bytes));
    }
    try (ArrowBuf values = to.allocate(bytes);
        ArrowBuf bits = to.validity(from)) {
      values.setZero(0, bytes);
      int row = 0;
      try {
        for (; row < rows; row++) {
          int place = from.at(row);
          if (place >= 0) {
            if (check != null) {
              check.check(from.leaf(), place);
            }
            step.write(from.leaf(), place, values, (long) row * width);
          }
        }
      } catch (UnfitValueException e) {
        throw to.refused(row, e.reason());
      }
      return to.vector(rows, bits, values.slice(0, bytes));
    }
  }

  private void checkAll(Column from, Target to) throws GateException {
    if (check == null) {
      return;
    }
    int row = 0;
    try {
      for (; row < from.rows(); row++) {
        if (!from.leaf().isNull(row)) {
          check.check(from.leaf(), row);
        }
      }
    } catch (UnfitValueException e) {
      throw to.refused(row, e.reason());
    }
  }
}
