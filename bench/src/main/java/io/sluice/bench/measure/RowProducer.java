package io.sluice.bench.measure;

import java.io.Closeable;

/** Sends rows. For one thread. */
public interface RowProducer extends Closeable {

  /**
   * Sends a row, now or with later ones; may block.
   *
   * @param row which of the shape's rows, 0 to {@link RowShape#ROWS} - 1
   * @param id the row's id, which its subscriber sees and of which {@link Acks} is told
   */
  void send(int row, long id) throws Exception;

  /** Is called when no more rows are due now: rows that were held back go. */
  default void caughtUp() throws Exception {}

  /** Waits until all rows are acknowledged. */
  void flush() throws Exception;
}
