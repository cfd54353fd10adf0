package io.sluice.client;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * A batch that isn't acknowledged yet. It keeps its sequence however often it is sent.
 *
 * @param bucket where it goes
 * @param number its place among the writer's batches of that bucket
 * @param rows owned; released at {@link #release}
 * @param bytes the size of the rows' buffers
 * @param acknowledged completes when the rows are durable
 */
record PendingBatch(
    int bucket,
    BatchNumbers.BatchNumber number,
    ArrowRecordBatch rows,
    long bytes,
    CompletableFuture<List<Appended>> acknowledged) {

  /** Returns the number of the transaction that it is part of; empty if it is of none. */
  OptionalLong transaction() {
    return number.transaction();
  }

  /** Returns its place in the transaction, or among all batches of the bucket, from 0. */
  long sequence() {
    return number.sequence();
  }

  void release() {
    rows.close();
  }
}
