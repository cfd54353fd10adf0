package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.PendingTransaction;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Aborts transactions of one bucket: marks them in its record first, so that they can't commit any
 * more, then deletes their ledgers, then forgets them. It may end anywhere: whoever owns the bucket
 * next goes on.
 */
final class TransactionCleaner {

  private final BucketSetup setup;
  private final long epoch;
  private final Retrying retrying;
  private final Consumer<TransactionKey> dropped;

  /**
   * @param epoch of the claim that it works under
   * @param dropped told of each transaction before its ledgers are deleted
   */
  TransactionCleaner(
      BucketSetup setup, long epoch, Retrying retrying, Consumer<TransactionKey> dropped) {
    this.setup = setup;
    this.epoch = epoch;
    this.retrying = retrying;
    this.dropped = dropped;
  }

  /** Aborts a transaction; one that has committed, or isn't there, is left alone. */
  CompletableFuture<Void> abort(TransactionKey key) {
    return retrying
        .call(
            () ->
                setup
                    .records()
                    .update(setup.bucket(), state -> Transactions.abort(state, epoch, key)))
        .thenCompose(
            record -> {
              dropped.accept(key);
              return Transactions.find(record, key)
                  .map(this::delete)
                  .orElseGet(() -> CompletableFuture.completedFuture(null));
            });
  }

  /**
   * Deletes the ledgers of transactions that were aborted, and of those that have expired, which
   * are aborted first.
   *
   * @return how many there were
   */
  CompletableFuture<Integer> clean() {
    return setup
        .records()
        .load(setup.bucket())
        .thenCompose(
            record -> {
              long now = setup.time().nowMicros();
              return Transactions.areDue(record, now)
                  ? setup
                      .records()
                      .update(setup.bucket(), state -> Transactions.expire(state, epoch, now))
                      .thenCompose(this::deleteAborted)
                  : CompletableFuture.completedFuture(0);
            });
  }

  private CompletableFuture<Integer> deleteAborted(BucketState record) {
    CompletableFuture<Integer> deleted = CompletableFuture.completedFuture(0);
    for (PendingTransaction pending : record.pending()) {
      if (pending.aborted()) {
        deleted = deleted.thenCompose(before -> delete(pending).thenApply(nothing -> before + 1));
      }
    }
    return deleted;
  }

  /** In this order: a crash between leaves nothing that nobody knows of. */
  private CompletableFuture<Void> delete(PendingTransaction aborted) {
    dropped.accept(aborted.key());
    List<CompletableFuture<Void>> deleted =
        aborted.ledgerIds().stream().map(setup.store()::delete).toList();
    return CompletableFuture.allOf(deleted.toArray(CompletableFuture<?>[]::new))
        .thenCompose(
            done ->
                setup
                    .records()
                    .update(
                        setup.bucket(), state -> Transactions.forget(state, epoch, aborted.key())))
        .thenAccept(forgotten -> {});
  }
}
