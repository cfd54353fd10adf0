package io.sluice.compactor.write;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rows of a frame, with the memory that they are in.
 *
 * @param root closed with this
 * @param from the first row that counts
 * @param to one past the last one
 */
record DecodedRows(LogRows rows, VectorSchemaRoot root, int from, int to) implements AutoCloseable {

  /** Returns how much memory they take, about, in bytes. */
  long bytes() {
    return root.getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
  }

  @Override
  public void close() {
    root.close();
  }
}
