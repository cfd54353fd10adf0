package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.rows.RowError;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Where the canonical values of one column go, or of a field within one. */
final class Target {

  /** Which row of the batch a value is in. */
  interface Rows {

    /** In place of a row: the value is below a null, so it has none. */
    int NONE = -1;

    /** Returns the row of a value, both from 0, or {@link #NONE}. */
    int of(int index);
  }

  /** What a column and all fields within it may still take. */
  private static final class Budget {
    private final BufferAllocator allocator;
    private final long maxBytes;
    private long bytes;

    Budget(BufferAllocator allocator, long maxBytes) {
      this.allocator = allocator;
      this.maxBytes = maxBytes;
    }
  }

  private final Field field;
  private final String path;
  private final Budget budget;
  private final Rows rows;
  private final @Nullable FieldVector into;

  private Target(Field field, String path, Budget budget, Rows rows, @Nullable FieldVector into) {
    this.field = field;
    this.path = path;
    this.budget = budget;
    this.rows = rows;
    this.into = into;
  }

  /**
   * Returns a column's target.
   *
   * @param field the canonical field
   * @param allocator where its memory comes from
   * @param maxBytes most bytes of its values, all fields within it included
   */
  static Target column(Field field, BufferAllocator allocator, long maxBytes) {
    return new Target(field, field.getName(), new Budget(allocator, maxBytes), i -> i, null);
  }

  /**
   * Returns the target of a field within this one.
   *
   * @param index its place among this one's fields
   * @param name what its path has in addition; empty if nothing
   * @param vector what is filled; of a vector that {@link #start} returned
   * @param rows which rows its values are in
   */
  Target child(int index, String name, FieldVector vector, Rows rows) {
    return new Target(
        field.getChildren().get(index),
        name.isEmpty() ? path : path + "." + name,
        budget,
        rows,
        vector);
  }

  /** Returns the canonical field. */
  Field field() {
    return field;
  }

  /** Returns the column's name, and those of the fields down to this one. */
  String path() {
    return path;
  }

  Rows rows() {
    return rows;
  }

  /** Returns an empty buffer that nobody has to release. */
  ArrowBuf empty() {
    return budget.allocator.getEmpty();
  }

  /** Allocates a buffer for the caller to release, within the limit. */
  ArrowBuf allocate(long bytes) throws GateException {
    charge(bytes);
    return budget.allocator.buffer(bytes);
  }

  /** Counts memory that comes from elsewhere. */
  void charge(long bytes) throws GateException {
    budget.bytes += bytes;
    if (budget.bytes > budget.maxBytes) {
      throw new GateException(
          Code.TOO_LARGE,
          "column '%s' takes %d bytes in canonical form; at most %d are taken: send fewer rows"
              .formatted(path, budget.bytes, budget.maxBytes));
    }
  }

  /** Writes which rows of a column have a value; for the caller to release. */
  ArrowBuf validity(Column from) throws GateException {
    ArrowBuf bits = allocate(bitmapBytes(from.rows()));
    bits.setZero(0, bits.capacity());
    for (int row = 0; row < from.rows(); row++) {
      if (from.at(row) >= 0) {
        BitVectorHelper.setBit(bits, row);
      }
    }
    return bits;
  }

  /**
   * Returns the vector before it has values, so that fields within it can be filled first. Whoever
   * doesn't come to {@link #fill} it closes it.
   */
  FieldVector start() {
    return into == null ? field.createVector(budget.allocator) : into;
  }

  /**
   * Makes the vector; nulls are counted, whatever was claimed.
   *
   * @param validity null if no value is null; stays the caller's, as the others
   */
  FieldVector vector(int count, @Nullable ArrowBuf validity, ArrowBuf... buffers)
      throws GateException {
    return fill(start(), count, validity, buffers);
  }

  /** Fills a vector that {@link #start} returned, or closes it. */
  FieldVector fill(FieldVector vector, int count, @Nullable ArrowBuf validity, ArrowBuf... buffers)
      throws GateException {
    boolean whole = false;
    try {
      int nulls = validity == null ? 0 : BitVectorHelper.getNullCount(validity, count);
      if (validity != null && nulls > 0 && !field.isNullable()) {
        requireValues(validity, count);
      }
      ArrowBuf bits = validity == null ? empty() : validity;
      vector.loadFieldBuffers(new ArrowFieldNode(count, nulls), all(bits, buffers));
      whole = true;
      return vector;
    } finally {
      if (!whole) {
        vector.close();
      }
    }
  }

  /** Returns the error of a value, from 0, that doesn't fit. */
  GateException refused(int index, String reason) {
    return new GateException(Code.BAD_ROWS, List.of(new RowError(rowNumber(index), path, reason)));
  }

  /** Returns the row of a value as errors name it: from 1. */
  long rowNumber(int index) {
    return rows.of(index) + 1L;
  }

  static long bitmapBytes(int rows) {
    return (rows + 7L) / 8;
  }

  private void requireValues(ArrowBuf validity, int count) throws GateException {
    for (int i = 0; i < count; i++) {
      if (BitVectorHelper.get(validity, i) == 0 && rows.of(i) != Rows.NONE) {
        throw refused(i, "the column is required, got null");
      }
    }
  }

  private static List<ArrowBuf> all(ArrowBuf bits, ArrowBuf[] buffers) {
    return switch (buffers.length) {
      case 0 -> List.of(bits);
      case 1 -> List.of(bits, buffers[0]);
      default -> List.of(bits, buffers[0], buffers[1]);
    };
  }
}
