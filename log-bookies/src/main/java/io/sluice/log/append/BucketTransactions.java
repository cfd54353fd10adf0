package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.PendingTransaction;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.bucket.TransactionException;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.log.append.AppendException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one bucket at its owner. Thread-safe.
 *
 * <p>Each has a log of its own, with ledgers of its own, in which batches are stored and told from
 * retries as in a bucket; see {@link TransactionRecords}. Committing seals that log, and has its
 * ledgers put at the end of the bucket. What another gateway began is read back from its ledgers.
 */
final class BucketTransactions {

  private final BucketSetup setup;
  private final long epoch;
  private final AtomicLong inFlightBytes;
  private final Consumer<Splice> splices;
  private final Consumer<AppendException> abandon;
  private final Retrying retrying;
  private final LedgerCloser closer;
  private final TransactionCleaner cleaner;
  private final Map<TransactionKey, OpenBucket> logs = new ConcurrentHashMap<>();

  /** Those that are being committed or aborted, and take no rows. */
  private final Set<TransactionKey> ending = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * @param setup of the bucket
   * @param epoch of the claim
   * @param inFlightBytes counts those of the bucket
   * @param splices takes what is to be put at the end of the bucket
   * @param abandon ends the bucket's log, as another gateway has it
   */
  BucketTransactions(
      BucketSetup setup,
      long epoch,
      AtomicLong inFlightBytes,
      Consumer<Splice> splices,
      Consumer<AppendException> abandon) {
    this.setup = setup;
    this.epoch = epoch;
    this.inFlightBytes = inFlightBytes;
    this.splices = splices;
    this.abandon = abandon;
    this.retrying = new Retrying(setup.time(), setup.settings().retryPause(), () -> !closed);
    this.cleaner = new TransactionCleaner(setup, epoch, retrying, this::drop);
    this.closer = new LedgerCloser(setup.store(), retrying);
  }

  /** Appends a batch of a transaction, as {@link BucketLog#append} does. */
  CompletableFuture<Appended> append(RowBatch batch, TransactionKey key) {
    if (closed || ending.contains(key)) {
      batch.release();
      return CompletableFuture.failedFuture(
          closed ? AppendFailures.givenUp(setup.bucket(), setup.owner()) : isEnding(key));
    }
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    var unused =
        opened(key)
            .whenComplete(
                (log, failure) -> {
                  if (log == null) {
                    batch.release();
                    answer.completeExceptionally(failed(failure));
                  } else {
                    append(batch, key, log, answer);
                  }
                });
    return answer;
  }

  private void append(
      RowBatch batch, TransactionKey key, BucketLog log, CompletableFuture<Appended> answer) {
    var unused =
        log.appendHere(batch)
            .whenComplete(
                (appended, failure) -> {
                  if (failure == null) {
                    answer.complete(appended);
                  } else {
                    answer.completeExceptionally(explained(key, failure));
                  }
                });
  }

  /** A batch that isn't the first, of a transaction without rows, can't be placed. */
  private AppendException explained(TransactionKey key, Throwable failure) {
    AppendException why = failed(failure);
    return why.reason() != Reason.UNKNOWN_WRITER
        ? why
        : refused(
            TransactionException.Reason.MISSING,
            "transaction " + key + " has no rows here: it expired, was aborted, or never began");
  }

  private CompletableFuture<BucketLog> opened(TransactionKey key) {
    OpenBucket fresh = new OpenBucket();
    OpenBucket current =
        logs.compute(key, (any, known) -> known == null || known.isOver() ? fresh : known);
    CompletableFuture<BucketLog> answer = current.await();
    if (current == fresh) {
      var unused =
          open(key)
              .whenComplete(
                  (log, failure) -> {
                    if (failure != null) {
                      logs.remove(key, fresh);
                    }
                    fresh.done(log, failure);
                  });
    }
    return answer;
  }

  private CompletableFuture<BucketLog> open(TransactionKey key) {
    return load()
        .thenCompose(
            record -> {
              if (Transactions.isCommitted(record, key)) {
                throw new TransactionException(
                    TransactionException.Reason.MISMATCH,
                    "transaction " + key + " has committed and takes no more rows");
              }
              BucketState none = BucketState.startingAt(setup.incarnation(), 0, record.claim());
              Optional<PendingTransaction> pending = Transactions.find(record, key);
              pending.ifPresent(BucketTransactions::requireNotAborted);
              List<Long> ids = pending.map(PendingTransaction::ledgerIds).orElse(List.of());
              return confirmed(
                  key,
                  ids,
                  recover(none, ids)
                      .thenCompose(state -> new Recovery(setup, retrying).readWindow(state)));
            })
        .thenApply(recovered -> log(key, recovered));
  }

  private BucketLog log(TransactionKey key, Recovery.Recovered recovered) {
    LogOptions options = setup.options().ofTransaction();
    long expiry = setup.time().nowMicros() + micros(options.transactionTimeout());
    TransactionRecords records =
        new TransactionRecords(setup.records(), key, recovered.state(), expiry);
    return BucketLog.ofTransaction(setup.ofTransaction(options, records), recovered, inFlightBytes);
  }

  private static long micros(Duration duration) {
    return TimeUnit.SECONDS.toMicros(duration.toSeconds());
  }

  /** Closes ledgers, whoever writes to them, and adds them to a transaction's state. */
  private CompletableFuture<BucketState> recover(BucketState state, List<Long> ledgerIds) {
    if (ledgerIds.isEmpty()) {
      return CompletableFuture.completedFuture(state);
    }
    long ledgerId = ledgerIds.get(0);
    long base = state.nextBaseOffset();
    return closer
        .recover(ledgerId, 0)
        .thenCompose(
            ledger ->
                recover(
                    state
                        .opened(epoch, ledgerId, 0)
                        .sealed(
                            epoch,
                            ledgerId,
                            base + ledger.rows(),
                            ledger.minTimeMicros(),
                            ledger.maxTimeMicros(),
                            ledger.bytes(),
                            ledger.hasWindow()),
                    ledgerIds.subList(1, ledgerIds.size())));
  }

  /** Commits a transaction, as {@link BucketLog#commit} does. */
  CompletableFuture<Void> commit(TransactionKey key, long rows) {
    return end(
        key,
        () ->
            sealOpen(key)
                .thenCompose(
                    done ->
                        load()
                            .thenCompose(
                                record ->
                                    Transactions.isCommitted(record, key)
                                        ? CompletableFuture.completedFuture(null)
                                        : commit(record, key, rows, done))));
  }

  private CompletableFuture<Void> commit(
      BucketState record, TransactionKey key, long rows, Optional<BucketState> ownState) {
    PendingTransaction pending =
        Transactions.find(record, key)
            .orElseThrow(
                () ->
                    new TransactionException(
                        TransactionException.Reason.MISSING,
                        "transaction "
                            + key
                            + " is not recorded: it was never begun here, or it expired"));
    requireNotAborted(pending);
    BucketState none = BucketState.startingAt(setup.incarnation(), 0, record.claim());
    return ownState
        .filter(state -> ledgerIds(state).equals(pending.ledgerIds()))
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> confirmed(key, pending.ledgerIds(), recover(none, pending.ledgerIds())))
        .thenCompose(
            state -> {
              if (state.nextBaseOffset() != rows) {
                throw new TransactionException(
                    TransactionException.Reason.MISMATCH,
                    "transaction "
                        + key
                        + " has "
                        + state.nextBaseOffset()
                        + " rows, but "
                        + rows
                        + " were prepared");
              }
              CompletableFuture<Void> done = new CompletableFuture<>();
              splices.accept(new Splice(key, closed(state), done));
              return done;
            });
  }

  /** Seals what is open here of a transaction; empty if that isn't all that there is. */
  private CompletableFuture<Optional<BucketState>> sealOpen(TransactionKey key) {
    OpenBucket known = logs.get(key);
    if (known == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return known
        .await()
        .thenCompose(log -> log.close().thenApply(closed -> log.state()))
        .handle((state, failure) -> Optional.ofNullable(state))
        .thenApply(state -> state.filter(found -> found.openSegment().isEmpty()));
  }

  private static List<Long> ledgerIds(BucketState state) {
    return state.segments().stream().map(Segment::ledgerId).toList();
  }

  private static List<Transactions.ClosedLedger> closed(BucketState state) {
    List<Transactions.ClosedLedger> closed = new ArrayList<>();
    for (Segment.Closed segment : state.sealedSegments()) {
      closed.add(
          new Transactions.ClosedLedger(segment.ledgerId(), segment.rows(), segment.bytes()));
    }
    return closed;
  }

  /** Aborts a transaction, as {@link BucketLog#abort} does. */
  CompletableFuture<Void> abort(TransactionKey key) {
    return end(key, () -> cleaner.abort(key));
  }

  /** Cleans up, as {@link TransactionCleaner#clean} does. */
  CompletableFuture<Integer> clean() {
    return cleaner.clean();
  }

  private void drop(TransactionKey key) {
    OpenBucket log = logs.remove(key);
    if (log != null) {
      log.abandon();
    }
  }

  /** Seals all that is open, for the bucket's next owner; never fails. */
  CompletableFuture<Void> close() {
    closed = true;
    List<CompletableFuture<?>> closing = new ArrayList<>();
    for (OpenBucket log : logs.values()) {
      closing.add(log.await().thenCompose(BucketLog::close).exceptionally(failure -> null));
    }
    return CompletableFuture.allOf(closing.toArray(CompletableFuture<?>[]::new));
  }

  /** Gives all up at once. */
  void abandon() {
    closed = true;
    logs.values().forEach(OpenBucket::abandon);
  }

  private interface Ending {
    CompletableFuture<Void> run();
  }

  private CompletableFuture<Void> end(TransactionKey key, Ending how) {
    if (closed || !ending.add(key)) {
      return CompletableFuture.failedFuture(
          closed ? AppendFailures.givenUp(setup.bucket(), setup.owner()) : isEnding(key));
    }
    return how.run()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                logs.remove(key);
              }
              ending.remove(key);
            })
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(failed(failure)));
  }

  /** Loads the bucket's record; fails if another gateway has claimed the bucket. */
  private CompletableFuture<BucketState> load() {
    return retrying
        .call(() -> setup.records().load(setup.bucket()))
        .thenCompose(
            record -> {
              if (record.claim().epoch() == epoch) {
                return CompletableFuture.completedFuture(record);
              }
              AppendException why = AppendFailures.replaced(setup.bucket(), record.claim().owner());
              abandon.accept(why);
              return CompletableFuture.failedFuture(why);
            });
  }

  /**
   * Returns what a call came to; but that a ledger is missing is said only while the record still
   * names it: it may have been spliced in and let go, or aborted.
   */
  private <T> CompletableFuture<T> confirmed(
      TransactionKey key, List<Long> ledgerIds, CompletableFuture<T> call) {
    return call.exceptionallyCompose(
        failure ->
            RecordSteps.isMissing(Retrying.cause(failure))
                ? load().thenCompose(record -> missing(key, ledgerIds, record, failure))
                : CompletableFuture.failedFuture(failure));
  }

  private <T> CompletableFuture<T> missing(
      TransactionKey key, List<Long> ledgerIds, BucketState record, Throwable failure) {
    boolean named =
        Transactions.find(record, key)
            .filter(found -> !found.aborted() && found.ledgerIds().equals(ledgerIds))
            .isPresent();
    return CompletableFuture.failedFuture(
        named
            ? AppendFailures.of(setup.bucket(), failure)
            : AppendFailures.unsure(setup.bucket(), failure));
  }

  private AppendException failed(@Nullable Throwable failure) {
    Throwable cause =
        failure == null ? new IllegalStateException("no outcome") : Retrying.cause(failure);
    return AppendFailures.mayPass(cause)
        ? AppendFailures.unreachable(setup.bucket(), cause)
        : AppendFailures.of(setup.bucket(), cause);
  }

  private AppendException refused(TransactionException.Reason reason, String message) {
    return failed(new TransactionException(reason, message));
  }

  private AppendException isEnding(TransactionKey key) {
    return new AppendException(
        Reason.UNAVAILABLE,
        "bucket "
            + setup.bucket()
            + ": transaction "
            + key
            + " is being committed or aborted; try again");
  }

  private static void requireNotAborted(PendingTransaction pending) {
    if (pending.aborted()) {
      throw new TransactionException(
          TransactionException.Reason.ABORTED,
          "transaction " + pending.key() + " was aborted or has expired");
    }
  }
}
