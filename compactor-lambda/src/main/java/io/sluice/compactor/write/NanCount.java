package io.sluice.compactor.write;

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

  /** Adds {@code count} values that aren't null. */
  void add(int count, FloatOrder.Bounds bounds) {
    values += count;
    nans += bounds.nans();
    if (Double.compare(bounds.least(), lower) < 0) {
      lower = bounds.least();
    }
    if (Double.compare(bounds.most(), upper) > 0) {
      upper = bounds.most();
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
