package io.sluice.log.append;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A transaction that is to become the end of its bucket.
 *
 * @param ledgers all that it has, in order, closed
 * @param done completes once its rows are visible; fails with an {@link AppendException}
 */
record Splice(
    TransactionKey key, List<Transactions.ClosedLedger> ledgers, CompletableFuture<Void> done) {

  Splice {
    ledgers = List.copyOf(ledgers);
  }

  long rows() {
    return ledgers.stream().mapToLong(Transactions.ClosedLedger::rows).sum();
  }
}
