package io.sluice.compactor.write;

import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.jspecify.annotations.Nullable;

/**
 * What Parquet's statistics don't say of a float or double column: how many NaN there are, and the
 * bounds without them. -0.0 is below 0.0, as Iceberg orders them.
 */
final class NanCount {

  private final int fieldId;
  private final boolean floats;
  private long values;
  private long nulls;
  private long nans;
  private double lower = Double.POSITIVE_INFINITY;
  private double upper = Double.NEGATIVE_INFINITY;

  private NanCount(int fieldId, boolean floats) {
    this.fieldId = fieldId;
    this.floats = floats;
  }

  /** Returns a count for a float or double column, null for any other. */
  static @Nullable NanCount of(int fieldId, Type type) {
    boolean floats = type.typeId() == TypeID.FLOAT;
    return floats || type.typeId() == TypeID.DOUBLE ? new NanCount(fieldId, floats) : null;
  }

  void addNulls(int count) {
    values += count;
    nulls += count;
  }

  void add(FieldVector vector, int from, int to) {
    BaseFixedWidthVector fixed = (BaseFixedWidthVector) vector;
    for (int row = from; row < to; row++) {
      if (fixed.isNull(row)) {
        nulls++;
      } else {
        add(
            vector instanceof Float4Vector
                ? vector.getDataBuffer().getFloat((long) row * Float.BYTES)
                : vector.getDataBuffer().getDouble((long) row * Double.BYTES));
      }
    }
    values += to - from;
  }

  private void add(double value) {
    if (Double.isNaN(value)) {
      nans++;
      return;
    }
    if (Double.compare(value, lower) < 0) {
      lower = value;
    }
    if (Double.compare(value, upper) > 0) {
      upper = value;
    }
  }

  FieldMetrics<?> metrics() {
    boolean bounded = values - nulls - nans > 0;
    if (floats) {
      return bounded
          ? new FieldMetrics<>(fieldId, values, nulls, nans, (float) lower, (float) upper)
          : new FieldMetrics<Float>(fieldId, values, nulls, nans);
    }
    return bounded
        ? new FieldMetrics<>(fieldId, values, nulls, nans, lower, upper)
        : new FieldMetrics<Double>(fieldId, values, nulls, nans);
  }
}
