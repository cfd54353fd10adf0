package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentWriter;
import java.util.concurrent.CompletableFuture;

/**
 * Opens and closes a bucket's ledgers, in the order that loses nothing: create the ledger, record
 * it, only then append; close it, ask it what it holds, record that, only then go on.
 */
final class LedgerRoller {

  /** A ledger that is in the bucket's record and may be appended to. */
  record Opened(SegmentWriter writer, BucketState state) {}

  /** A ledger that is closed, which is in the bucket's record. */
  record Closed(ClosedLedger ledger, BucketState state) {}

  private final BucketSetup setup;
  private final long epoch;
  private final Retrying retrying;
  private final LedgerCloser closer;
  private final RecordSteps steps;

  LedgerRoller(BucketSetup setup, long epoch, Retrying retrying) {
    this.setup = setup;
    this.epoch = epoch;
    this.retrying = retrying;
    this.closer = new LedgerCloser(setup.store(), retrying);
    this.steps = new RecordSteps(setup.records(), setup.bucket(), retrying);
  }

  CompletableFuture<Opened> open(long atMicros) {
    SegmentId id = new SegmentId(setup.incarnation(), setup.bucket().bucket(), epoch);
    return retrying
        .call(() -> setup.store().create(id, setup.settings().replication()))
        .thenCompose(writer -> record(writer, atMicros));
  }

  private CompletableFuture<Opened> record(SegmentWriter writer, long atMicros) {
    CompletableFuture<Opened> opened = new CompletableFuture<>();
    var unused =
        steps
            .opened(epoch, writer.ledgerId(), atMicros)
            .whenComplete(
                (state, failure) -> {
                  if (failure == null) {
                    opened.complete(new Opened(writer, state));
                    return;
                  }
                  if (AppendFailures.certain(failure)) {
                    deleteIfUnnamed(writer.ledgerId());
                  }
                  opened.completeExceptionally(failure);
                });
    return opened;
  }

  /**
   * Deletes a ledger that the record will never name, because the claim is lost. An attempt before
   * the one that failed may have named it, unknown to us: then it is the next owner's.
   */
  private void deleteIfUnnamed(long ledgerId) {
    var unused =
        steps
            .isNamed(ledgerId)
            .thenCompose(
                named ->
                    named
                        ? CompletableFuture.completedFuture(null)
                        : setup.store().delete(ledgerId));
  }

  CompletableFuture<Closed> close(OpenSegment segment) {
    return steps
        .confirmed(epoch, closer.close(segment.writer(), segment.openedAtMicros()))
        .thenCompose(
            ledger ->
                ledger.rows() < segment.ackedRelative()
                    ? CompletableFuture.failedFuture(lost(segment, ledger))
                    : steps
                        .sealed(epoch, segment.baseOffset(), ledger)
                        .thenApply(state -> new Closed(ledger, state)));
  }

  /** Makes a transaction's ledgers the bucket's last segments; none may be open. */
  CompletableFuture<BucketState> splice(Splice splice, long atMicros) {
    return steps.spliced(epoch, splice, atMicros, setup.options().transactionRetention());
  }

  private AppendException lost(OpenSegment segment, ClosedLedger ledger) {
    return new AppendException(
        Reason.STOPPED,
        "bucket "
            + setup.bucket()
            + " stopped: ledger "
            + ledger.ledgerId()
            + " closed with "
            + ledger.rows()
            + " rows, but "
            + segment.ackedRelative()
            + " were acknowledged; look at the bookies before this bucket is opened again");
  }
}
