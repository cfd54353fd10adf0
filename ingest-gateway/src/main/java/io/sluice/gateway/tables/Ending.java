package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.tables.BucketOperations.Some;
import io.sluice.log.append.BucketLog;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Transactions that are to be committed or aborted.
 *
 * @param incarnation of the log that has their rows
 * @param transactions those of one bucket in the order in which they are to be ended
 * @param forwarded as in {@link Some}
 */
public record Ending(Table table, UUID incarnation, List<One> transactions, boolean forwarded) {

  public Ending {
    transactions = List.copyOf(transactions);
  }

  /**
   * One of them.
   *
   * @param rows how many rows it must have to commit
   */
  public record One(int bucket, TransactionKey key, long rows) {}

  /** Returns the buckets. */
  Some buckets() {
    return new Some(table, transactions.stream().map(One::bucket).distinct().toList(), forwarded);
  }

  /** Returns those of some buckets. */
  List<One> of(List<Integer> buckets) {
    return transactions.stream().filter(one -> buckets.contains(one.bucket())).toList();
  }

  /** Ends those of a bucket, one after the other, up to the first that fails. */
  CompletableFuture<Boolean> at(int bucket, BucketLog log, boolean commit) {
    CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
    for (One one : of(List.of(bucket))) {
      ended =
          ended.thenCompose(
              before -> commit ? log.commit(one.key(), one.rows()) : log.abort(one.key()));
    }
    return ended.thenApply(done -> true);
  }
}
