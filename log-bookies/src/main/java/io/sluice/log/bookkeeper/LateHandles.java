package io.sluice.log.bookkeeper;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.Handle;

/**
 * Limits how long a handle of a ledger is waited for. One that comes later is closed: nobody else
 * would, and it would keep its memory and a watch in ZooKeeper for ever.
 */
final class LateHandles {

  /**
   * Returns the handle, or fails as {@code call} does, or with a {@code TimeoutException} after
   * {@code limit}.
   */
  static <H extends Handle> CompletableFuture<H> within(Duration limit, CompletableFuture<H> call) {
    CompletableFuture<H> answer = new CompletableFuture<>();
    var unused =
        call.whenComplete(
            (handle, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(failure);
              } else if (!answer.complete(handle)) {
                var unusedClose = handle.closeAsync();
              }
            });
    return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private LateHandles() {}
}
