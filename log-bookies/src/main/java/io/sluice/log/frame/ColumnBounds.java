package io.sluice.log.frame;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one column's values in a frame, so that a reader may skip the frame.
 *
 * <p>Bounds are in Iceberg's single-value serialization. They may be wider than the values: strings
 * and binaries are cut to {@value #MAX_BYTES} bytes, zeros of floating point have either sign, and
 * a column with a NaN has no bounds.
 *
 * @param fieldId the column's id in the table's schema
 * @param kind how the bounds compare
 * @param nullCount number of nulls, at least 0
 * @param lower no value is less than this; null if unknown or all values are null
 * @param upper no value is more than this; null if unknown or all values are null
 */
public record ColumnBounds(
    int fieldId,
    BoundKind kind,
    int nullCount,
    @Nullable ByteBuffer lower,
    @Nullable ByteBuffer upper) {

  /** The longest bound, in bytes. */
  public static final int MAX_BYTES = 16;

  public ColumnBounds {
    if (nullCount < 0) {
      throw new IllegalArgumentException(
          "nullCount of field " + fieldId + " must be >= 0: " + nullCount);
    }
    lower = checked(fieldId, kind, lower);
    upper = checked(fieldId, kind, upper);
  }

  /**
   * Returns bounds that hold for this column's values here and there.
   *
   * @param rows number of rows here
   * @param other bounds of the same field
   * @param otherRows number of rows there
   */
  ColumnBounds merge(int rows, ColumnBounds other, int otherRows) {
    if (kind != other.kind) {
      return with(nullCount + other.nullCount, null, null);
    }
    if (nullCount == rows) {
      return with(nullCount + other.nullCount, other.lower, other.upper);
    }
    if (other.nullCount == otherRows) {
      return with(nullCount + other.nullCount, lower, upper);
    }
    return with(
        nullCount + other.nullCount,
        least(kind, lower, other.lower),
        most(kind, upper, other.upper));
  }

  /** Returns this if nothing changes, as often as not while rows are added to a block. */
  private ColumnBounds with(
      int nulls, @Nullable ByteBuffer newLower, @Nullable ByteBuffer newUpper) {
    return nulls == nullCount && Objects.equals(newLower, lower) && Objects.equals(newUpper, upper)
        ? this
        : new ColumnBounds(fieldId, kind, nulls, newLower, newUpper);
  }

  private static @Nullable ByteBuffer least(
      BoundKind kind, @Nullable ByteBuffer left, @Nullable ByteBuffer right) {
    if (left == null || right == null) {
      return null;
    }
    return kind.compare(left, right) <= 0 ? left : right;
  }

  private static @Nullable ByteBuffer most(
      BoundKind kind, @Nullable ByteBuffer left, @Nullable ByteBuffer right) {
    if (left == null || right == null) {
      return null;
    }
    return kind.compare(left, right) >= 0 ? left : right;
  }

  private static @Nullable ByteBuffer checked(
      int fieldId, BoundKind kind, @Nullable ByteBuffer bound) {
    if (bound == null) {
      return null;
    }
    if (bound.remaining() > MAX_BYTES || !kind.takes(bound.remaining())) {
      throw new IllegalArgumentException(
          "a bound of field " + fieldId + ", " + kind + ", has " + bound.remaining() + " bytes");
    }
    return bound.isReadOnly() ? bound : bound.asReadOnlyBuffer();
  }
}
