package io.sluice.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/**
 * A batch that isn't acknowledged yet. It keeps its sequence however often it is sent.
 *
 * @param bucket where it goes
 * @param sequence its place among the writer's batches of that bucket, from 0
 * @param rows owned; released at {@link #release}
 * @param bytes the size of the rows' buffers
 * @param acknowledged completes when the rows are durable
 */
record PendingBatch(
    int bucket,
    long sequence,
    ArrowRecordBatch rows,
    long bytes,
    CompletableFuture<List<Appended>> acknowledged) {

  void release() {
    rows.close();
  }
}
