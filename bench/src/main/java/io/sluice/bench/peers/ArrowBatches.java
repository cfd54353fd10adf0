package io.sluice.bench.peers;

import org.apache.arrow.vector.VectorSchemaRoot;

/** Rows in Arrow, to be appended. For one thread. */
interface ArrowBatches extends AutoCloseable {

  /** Adds a row to those that {@link #take} returns next. */
  void add(int row, long id);

  /** Returns the rows that were added since the last time; the caller closes them. */
  VectorSchemaRoot take(int count);

  @Override
  void close();
}
