package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.read.ReadException;
import io.sluice.log.segment.SegmentException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The steps of one bucket's record, each made until it is known to be applied. A step whose effect
 * is in the record already changes nothing, so that it can be tried again after an unknown outcome.
 */
final class RecordSteps {

  private final BucketRecords records;
  private final BucketId bucket;
  private final Retrying retrying;

  RecordSteps(BucketRecords records, BucketId bucket, Retrying retrying) {
    this.records = records;
    this.bucket = bucket;
    this.retrying = retrying;
  }

  /** Claims the bucket; claiming it twice only takes a second epoch. */
  CompletableFuture<BucketState> claim(String owner) {
    return retrying.call(() -> records.update(bucket, state -> state.claim(owner)));
  }

  /** Records a new ledger. */
  CompletableFuture<BucketState> opened(long epoch, long ledgerId, long atMicros) {
    return retrying.call(
        () ->
            records.update(
                bucket,
                state ->
                    isMine(state, epoch) && isOpen(state, ledgerId)
                        ? state
                        : state.opened(epoch, ledgerId, atMicros)));
  }

  /** Records that the open ledger is closed. */
  CompletableFuture<BucketState> sealed(long epoch, long baseOffset, ClosedLedger ledger) {
    return retrying.call(
        () ->
            records.update(
                bucket,
                state ->
                    isMine(state, epoch) && wasClosed(state, ledger, baseOffset)
                        ? state
                        : state.sealed(
                            epoch,
                            ledger.ledgerId(),
                            baseOffset + ledger.rows(),
                            ledger.minTimeMicros(),
                            ledger.maxTimeMicros(),
                            ledger.bytes(),
                            ledger.hasWindow())));
  }

  /** Records a transaction's ledgers as segments. */
  CompletableFuture<BucketState> spliced(
      long epoch, Splice splice, long atMicros, Duration retention) {
    return retrying.call(
        () ->
            records.update(
                bucket,
                state ->
                    Transactions.splice(
                        state, epoch, splice.key(), splice.ledgers(), atMicros, retention)));
  }

  /**
   * Returns what a call came to; but that a ledger is missing is said only by who still has the
   * claim: another owner may have deleted it, once its rows had left the log.
   */
  <T> CompletableFuture<T> confirmed(long epoch, CompletableFuture<T> call) {
    return call.exceptionallyCompose(
        failure ->
            isMissing(Retrying.cause(failure))
                ? records.load(bucket).thenCompose(state -> refused(epoch, state, failure))
                : CompletableFuture.failedFuture(failure));
  }

  private <T> CompletableFuture<T> refused(long epoch, BucketState state, Throwable failure) {
    return CompletableFuture.failedFuture(
        isMine(state, epoch) ? failure : AppendFailures.replaced(bucket, state.claim().owner()));
  }

  /** Returns whether a call failed because a ledger isn't there, be it that it was read. */
  static boolean isMissing(Throwable failure) {
    Throwable cause = failure instanceof ReadException ? failure.getCause() : failure;
    return cause instanceof SegmentException e && e.kind() == SegmentException.Kind.MISSING;
  }

  /** Returns whether the record names a ledger as a segment now. */
  CompletableFuture<Boolean> isNamed(long ledgerId) {
    return records
        .load(bucket)
        .thenApply(
            state -> state.segments().stream().anyMatch(segment -> segment.ledgerId() == ledgerId));
  }

  private static boolean isMine(BucketState state, long epoch) {
    return state.claim().epoch() == epoch;
  }

  private static boolean isOpen(BucketState state, long ledgerId) {
    return state.openSegment().filter(open -> open.ledgerId() == ledgerId).isPresent();
  }

  /**
   * Returns whether an attempt before has recorded that a ledger is closed. It may have left the
   * log since: while there is a claim, nobody else makes the bucket any longer.
   */
  private static boolean wasClosed(BucketState state, ClosedLedger ledger, long baseOffset) {
    return !isOpen(state, ledger.ledgerId())
        && state.sealedEndOffset() >= baseOffset + ledger.rows();
  }
}
