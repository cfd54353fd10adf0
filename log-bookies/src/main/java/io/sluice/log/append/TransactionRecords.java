package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.table.BucketId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * The record of one transaction's log, as if it were a bucket of its own: offsets begin at 0. What
 * of it must outlive this gateway is in the bucket's own record, which is the list of ledgers; what
 * each holds is asked of the ledger when it matters. So a ledger that is opened is recorded there
 * first, and one that is closed only here. Thread-safe, for one change at a time.
 */
final class TransactionRecords implements BucketRecords {

  private final BucketRecords records;
  private final TransactionKey key;
  private final long epoch;
  private final long expiresAtMicros;
  private volatile BucketState state;

  /**
   * @param records the buckets'
   * @param state of the transaction, all of whose ledgers are closed
   * @param expiresAtMicros when the transaction expires, if it begins now
   */
  TransactionRecords(
      BucketRecords records, TransactionKey key, BucketState state, long expiresAtMicros) {
    this.records = records;
    this.key = key;
    this.epoch = state.claim().epoch();
    this.expiresAtMicros = expiresAtMicros;
    this.state = state;
  }

  /**
   * Returns who has the claim, and as segments without rows all ledgers that the bucket's record
   * names, as the transaction's or not.
   */
  @Override
  public CompletableFuture<BucketState> load(BucketId bucket) {
    return records.load(bucket).thenApply(this::named);
  }

  private BucketState named(BucketState record) {
    List<Long> ledgerIds = new ArrayList<>();
    record.segments().forEach(segment -> ledgerIds.add(segment.ledgerId()));
    Transactions.find(record, key).ifPresent(found -> ledgerIds.addAll(found.ledgerIds()));
    BucketState named = BucketState.startingAt(record.incarnation(), 0, record.claim());
    for (long ledgerId : ledgerIds) {
      named =
          named
              .opened(record.claim().epoch(), ledgerId, 0)
              .sealed(record.claim().epoch(), ledgerId, 0, 0, 0, 0, false);
    }
    return named;
  }

  @Override
  public CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step) {
    BucketState before = state;
    BucketState after;
    try {
      after = step.apply(before);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (before.openSegment().isPresent() || after.openSegment().isEmpty()) {
      state = after;
      return CompletableFuture.completedFuture(after);
    }
    long ledgerId = after.openSegment().map(Segment.Open::ledgerId).orElseThrow();
    return records
        .update(
            bucket, record -> Transactions.register(record, epoch, key, ledgerId, expiresAtMicros))
        .thenApply(
            recorded -> {
              state = after;
              return after;
            });
  }
}
