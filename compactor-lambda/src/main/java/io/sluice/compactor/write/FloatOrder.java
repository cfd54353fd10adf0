package io.sluice.compactor.write;

/**
 * Orders floats or doubles by their bits: as signed numbers, once those of negative ones are turned
 * over. -0.0 is below 0.0, and NaN are beyond both infinities.
 */
enum FloatOrder {
  FLOATS(Integer.MAX_VALUE, Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
    @Override
    double value(long bits) {
      return Float.intBitsToFloat((int) bits);
    }
  },
  DOUBLES(Long.MAX_VALUE, Double.doubleToRawLongBits(Double.POSITIVE_INFINITY)) {
    @Override
    double value(long bits) {
      return Double.longBitsToDouble(bits);
    }
  };

  /**
   * The bounds of some values.
   *
   * @param nans NaN among them, which have no part in the bounds
   * @param least the least other one; positive infinity if there is none
   * @param most the greatest other one; negative infinity if there is none
   */
  record Bounds(int nans, double least, double most) {

    /** Tells that there is no value but NaN. */
    boolean isEmpty() {
      return least > most;
    }
  }

  private final long turned;
  private final long top;

  FloatOrder(long turned, long top) {
    this.turned = turned;
    this.top = top;
  }

  /**
   * Returns the order of numbers of so many bytes.
   *
   * @param width 4 or 8
   */
  static FloatOrder of(int width) {
    return width == Float.BYTES ? FLOATS : DOUBLES;
  }

  /** Returns the bounds of the first {@code count} values, of which the bits are given. */
  Bounds bounds(long[] values, int count) {
    long bottom = -top - 1;
    long least = top;
    long most = bottom;
    int nans = 0;
    for (int i = 0; i < count; i++) {
      long ordered = turn(values[i]);
      if (ordered > top || ordered < bottom) {
        nans++;
      } else {
        least = Math.min(least, ordered);
        most = Math.max(most, ordered);
      }
    }
    return new Bounds(nans, value(turn(least)), value(turn(most)));
  }

  private long turn(long bits) {
    return bits ^ ((bits >> 63) & turned);
  }

  abstract double value(long bits);
}
