package io.sluice.log.frame;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one column's values in a frame, so that a reader may skip the frame.
 *
 * <p>Bounds are in Iceberg's single-value serialization. They may be wider than the values: strings
 * and binaries are cut to {@value #MAX_BYTES} bytes, and a column with a NaN has none.
 *
 * @param fieldId the column's id in the table's schema
 * @param nullCount number of nulls, at least 0
 * @param lower no value is less than this; null if unknown or all values are null
 * @param upper no value is more than this; null if unknown or all values are null
 */
public record ColumnBounds(
    int fieldId, int nullCount, @Nullable ByteBuffer lower, @Nullable ByteBuffer upper) {

  /** The longest bound of a string, binary or fixed column, in bytes. */
  public static final int MAX_BYTES = 16;

  public ColumnBounds {
    if (nullCount < 0) {
      throw new IllegalArgumentException(
          "nullCount of field " + fieldId + " must be >= 0: " + nullCount);
    }
    lower = lower == null ? null : lower.asReadOnlyBuffer();
    upper = upper == null ? null : upper.asReadOnlyBuffer();
  }
}
