package io.sluice.client;

import java.util.UUID;

/**
 * Rows of one bucket that are durable but not visible: what {@link SluiceClient#commitTransactions}
 * makes visible, exactly once. Keep it where it outlives this process, such as in a checkpoint; all
 * of it is needed to commit.
 *
 * @param incarnation of the log that has the rows: a table that was dropped and made again has
 *     another one, and can't commit it
 * @param bucket the bucket, from 0
 * @param writerEpoch drawn by the writer at its start
 * @param n the transaction's number in its writer epoch and bucket, from 0, dense
 * @param rows how many rows it must have, at least 1
 */
public record PreparedTransaction(
    UUID incarnation, int bucket, UUID writerEpoch, long n, long rows) {

  public PreparedTransaction {
    if (bucket < 0 || n < 0 || rows < 1) {
      throw new IllegalArgumentException(
          "bucket and n must be >= 0 and rows >= 1: bucket "
              + bucket
              + " n "
              + n
              + " rows "
              + rows);
    }
  }
}
