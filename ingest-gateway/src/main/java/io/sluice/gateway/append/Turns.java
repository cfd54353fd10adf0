package io.sluice.gateway.append;

import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.RowBatch;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the batches of one bucket to its log in the order in which they came, also while the log is
 * still being opened: futures alone would run those that wait in any order.
 */
final class Turns {

  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  /** Appends {@code batch}, which is taken over, after all that came before it. */
  synchronized CompletableFuture<Appended> take(
      Supplier<CompletableFuture<BucketLog>> opening, RowBatch batch) {
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    last =
        last.thenCompose(before -> opening.get())
            .handle(
                (log, failure) -> {
                  submit(log, failure, batch, answer);
                  return null;
                });
    return answer;
  }

  private static void submit(
      @Nullable BucketLog log,
      @Nullable Throwable failure,
      RowBatch batch,
      CompletableFuture<Appended> answer) {
    if (log == null) {
      batch.release();
      answer.completeExceptionally(
          failure == null ? new IllegalStateException("the bucket has no log") : failure);
      return;
    }
    var unused =
        log.append(batch)
            .whenComplete(
                (appended, failed) -> {
                  if (appended == null) {
                    answer.completeExceptionally(
                        failed == null ? new IllegalStateException("no answer") : failed);
                  } else {
                    answer.complete(appended);
                  }
                });
  }
}
