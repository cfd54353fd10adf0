package io.sluice.compactor.write;

import java.util.Arrays;
import java.util.function.Function;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rows of a frame, with the memory that they are in.
 *
 * @param root closed with this
 * @param from the first row that counts
 * @param to one past the last one
 */
record DecodedRows(LogRows rows, VectorSchemaRoot root, int from, int to) implements AutoCloseable {

  /** Objects that a frame takes whatever is in it, in bytes: 500 were measured. */
  private static final long FRAME_OBJECTS = 512;

  /** Objects that a buffer takes, with its share of its vector: 110 bytes were measured. */
  private static final long BUFFER_OBJECTS = 128;

  /**
   * Returns rows of a root that was decoded.
   *
   * @param root taken over, also if this fails
   */
  static DecodedRows of(
      VectorSchemaRoot root, Function<VectorSchemaRoot, LogRows> rows, int from, int to) {
    try {
      return new DecodedRows(rows.apply(root), root, from, to);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /**
   * Returns how much memory they take, about, in bytes: of a frame of one row, most are objects.
   */
  long bytes() {
    return FRAME_OBJECTS
        + root.getFieldVectors().stream()
            .flatMap(vector -> Arrays.stream(vector.getBuffers(false)))
            .mapToLong(buffer -> BUFFER_OBJECTS + buffer.capacity())
            .sum();
  }

  @Override
  public void close() {
    root.close();
  }
}
