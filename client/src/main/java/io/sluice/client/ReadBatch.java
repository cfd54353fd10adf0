package io.sluice.client;

import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Some rows of a bucket.
 *
 * @param offset of the first row; the others follow without a gap
 * @param timeMicros when they were appended, in microseconds since 1970
 * @param rows the rows, at least one; closed with this
 */
public record ReadBatch(long offset, long timeMicros, VectorSchemaRoot rows)
    implements AutoCloseable {

  /** Returns the number of rows. */
  public int rowCount() {
    return rows.getRowCount();
  }

  /** Returns one past the last row's offset. */
  public long endOffset() {
    return offset + rows.getRowCount();
  }

  @Override
  public void close() {
    rows.close();
  }
}
