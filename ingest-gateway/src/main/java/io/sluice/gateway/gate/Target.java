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

/**
 * Where one column's canonical values go.
 *
 * @param field the canonical field
 * @param allocator where its memory comes from
 * @param maxBytes most bytes of its values
 */
record Target(Field field, BufferAllocator allocator, long maxBytes) {

  /** Allocates a buffer for the caller to release, within the limit. */
  ArrowBuf allocate(long bytes) throws GateException {
    if (bytes > maxBytes) {
      throw new GateException(
          Code.TOO_LARGE,
          "column '%s' takes %d bytes in canonical form; at most %d are taken: send fewer rows"
              .formatted(field.getName(), bytes, maxBytes));
    }
    return allocator.buffer(bytes);
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
   * Makes the vector; nulls are counted, whatever was claimed.
   *
   * @param validity null if no row is null; stays the caller's, as the others
   */
  FieldVector vector(int rows, @Nullable ArrowBuf validity, ArrowBuf... buffers)
      throws GateException {
    int nulls = validity == null ? 0 : BitVectorHelper.getNullCount(validity, rows);
    if (nulls > 0 && !field.isNullable()) {
      throw refused(firstNull(validity, rows), "the column is required, got null");
    }
    ArrowBuf bits = validity == null ? allocator.getEmpty() : validity;
    FieldVector vector = field.createVector(allocator);
    try {
      vector.loadFieldBuffers(new ArrowFieldNode(rows, nulls), all(bits, buffers));
      return vector;
    } catch (RuntimeException e) {
      vector.close();
      throw e;
    }
  }

  /** Returns the error of a row, from 0, whose value doesn't fit. */
  GateException refused(int row, String reason) {
    return new GateException(
        Code.BAD_ROWS, List.of(new RowError(row + 1L, field.getName(), reason)));
  }

  static long bitmapBytes(int rows) {
    return (rows + 7L) / 8;
  }

  private static int firstNull(@Nullable ArrowBuf validity, int rows) {
    int row = 0;
    while (validity != null && row < rows && BitVectorHelper.get(validity, row) != 0) {
      row++;
    }
    return row;
  }

  private static List<ArrowBuf> all(ArrowBuf bits, ArrowBuf[] buffers) {
    return buffers.length == 1 ? List.of(bits, buffers[0]) : List.of(bits, buffers[0], buffers[1]);
  }
}
