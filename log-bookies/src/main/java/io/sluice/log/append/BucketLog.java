package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.table.TableOptions;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.frame.SegmentIndex;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.ReadException;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.read.WantedColumns;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The owner's side of one bucket: takes batches, makes them durable, shows them to subscribers.
 * Thread-safe. Opened by {@link BucketLogs}.
 */
public final class BucketLog {

  private final BucketSetup setup;
  private final SerialExecutor serial;
  private final AtomicLong inFlightBytes;
  private final Admission admission;
  private final AppendQueue queue;
  private final WriterWindow window;
  private final AppendLoop loop;
  private final AtomicLong lossesAtConfirm;
  private final BucketTransactions transactions;

  private BucketLog(
      BucketSetup setup,
      SerialExecutor serial,
      Recovery.Recovered recovered,
      long losses,
      AtomicLong inFlightBytes) {
    this.setup = setup;
    this.lossesAtConfirm = new AtomicLong(losses);
    this.serial = serial;
    this.inFlightBytes = inFlightBytes;
    this.admission = new Admission(setup.bucket(), setup.settings(), inFlightBytes);
    this.queue = new AppendQueue(setup.bucket(), setup.settings().maxEntryBytes(), inFlightBytes);
    this.window = recovered.window();
    this.loop = new AppendLoop(setup, recovered, serial, queue);
    this.transactions =
        new BucketTransactions(
            setup,
            recovered.state().claim().epoch(),
            inFlightBytes,
            splice -> serial.execute(() -> loop.splice(splice)),
            why -> serial.execute(() -> loop.abandon(why)));
    serial.onThrow(thrown -> loop.abandon(AppendFailures.bug(setup.bucket(), thrown)));
  }

  /**
   * Returns the log of one transaction, whose rows nobody sees.
   *
   * @param setup of the transaction, with its own record
   * @param inFlightBytes counts those of the whole bucket
   */
  static BucketLog ofTransaction(
      BucketSetup setup, Recovery.Recovered recovered, AtomicLong inFlightBytes) {
    return new BucketLog(setup, new SerialExecutor(setup.threads()), recovered, 0, inFlightBytes);
  }

  /**
   * Claims and recovers a bucket.
   *
   * @return fails with an {@link AppendException}
   */
  static CompletableFuture<BucketLog> open(BucketSetup setup) {
    long losses = setup.sessions().count();
    SerialExecutor serial = new SerialExecutor(setup.threads());
    CompletableFuture<BucketLog> opened = new CompletableFuture<>();
    serial.onThrow(
        thrown -> opened.completeExceptionally(AppendFailures.bug(setup.bucket(), thrown)));
    Retrying retrying =
        new Retrying(setup.time(), setup.settings().retryPause(), () -> !opened.isDone());
    serial.execute(
        () ->
            Completion.on(
                serial,
                new Recovery(setup, retrying).run(),
                (recovered, failure) -> {
                  if (recovered != null) {
                    opened.complete(
                        new BucketLog(setup, serial, recovered, losses, new AtomicLong()));
                  } else if (failure != null) {
                    opened.completeExceptionally(AppendFailures.of(setup.bucket(), failure));
                  }
                }));
    return opened;
  }

  /**
   * Appends a batch. Its rows are visible, and the future completes, only once all of it is on disk
   * at the ack quorum. A batch with a writer that was appended before is answered with the first
   * attempt's offsets.
   *
   * <p>Continue elsewhere before doing anything heavy: the future may be completed on the bucket's
   * own thread.
   *
   * <p>The rows of a batch of a transaction become visible only when that is committed; their
   * offsets are those in the transaction, from 0.
   *
   * @param batch taken over: released here, whatever the outcome. For another attempt make another
   * @return fails with an {@link AppendException}; with an {@link IllegalStateException} if the
   *     batch was released before
   */
  public CompletableFuture<Appended> append(RowBatch batch) {
    if (batch.isReleased()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "the batch was appended, or released, before: its rows are gone; make another one"));
    }
    return batch.transaction() == null
        ? appendHere(batch)
        : transactions.append(batch, batch.transaction());
  }

  /** As {@link #append}, whether or not the batch is of the transaction that this log is of. */
  CompletableFuture<Appended> appendHere(RowBatch batch) {
    AppendException refusal = admission.refusal(batch);
    if (refusal != null) {
      batch.release();
      return CompletableFuture.failedFuture(refusal);
    }
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    serial.executeHere(() -> loop.append(batch, answer));
    return answer.exceptionallyCompose(failure -> confirmed(Retrying.cause(failure)));
  }

  /**
   * An owner that was replaced and doesn't know it has an old window: only one that still has the
   * claim may say that a sequence is wrong.
   */
  private CompletableFuture<Appended> confirmed(Throwable failure) {
    if (!(failure instanceof AppendException refused) || !refused.reason().isAboutSequence()) {
      return CompletableFuture.failedFuture(failure);
    }
    CompletableFuture<Appended> answer = new CompletableFuture<>();
    Completion.on(
        serial,
        setup.records().load(setup.bucket()),
        (record, unreadable) -> {
          AppendException why = refused;
          if (record == null) {
            why = AppendFailures.unsure(setup.bucket(), unreadable);
          } else if (record.claim().epoch() != loop.state().claim().epoch()) {
            why = AppendFailures.replaced(setup.bucket(), record.claim().owner());
            loop.abandon(why);
          }
          answer.completeExceptionally(why);
        });
    return answer;
  }

  /**
   * Returns whether the bucket has rows of a writer, all appends of before this call considered.
   * Whether this gateway still owns the bucket isn't asked.
   *
   * @return fails with an {@link AppendException}: UNAVAILABLE if it isn't known yet, as rows of
   *     the writer are on their way, else with why the log has ended
   */
  public CompletableFuture<Boolean> knows(UUID writerId) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    serial.execute(
        () -> {
          AppendException ended = loop.deathCause();
          if (ended != null) {
            answer.completeExceptionally(ended);
          } else if (queue.hasBatchOf(writerId)) {
            answer.completeExceptionally(
                new AppendException(
                    Reason.UNAVAILABLE,
                    "rows of writer "
                        + writerId
                        + " are on their way into bucket "
                        + setup.bucket()
                        + "; ask again once they have arrived"));
          } else {
            answer.complete(window.knows(writerId));
          }
        });
    return answer;
  }

  /**
   * Makes the rows of a transaction visible, all at once. One that has committed before is success.
   *
   * @param rows how many rows it must have
   * @return fails with an {@link AppendException}: TRANSACTION if it can't commit, else call again,
   *     as it isn't known whether it did
   */
  public CompletableFuture<Void> commit(TransactionKey transaction, long rows) {
    return transactions.commit(transaction, rows);
  }

  /**
   * Drops a transaction and its ledgers, so that it can't commit any more. One that has committed,
   * or that isn't there, is left alone.
   *
   * @return fails with an {@link AppendException}: call again
   */
  public CompletableFuture<Void> abort(TransactionKey transaction) {
    return transactions.abort(transaction);
  }

  /**
   * Goes by other options of its table from now on; a segment that is open keeps the age at which
   * it is sealed.
   */
  public void follow(TableOptions options) {
    setup.options().follow(options);
  }

  /** Returns one past the last visible offset. */
  public long watermark() {
    return loop.tail().watermark();
  }

  /** Returns the first offset still in the log, as this owner last saw it. */
  public long startOffset() {
    return state().startOffset();
  }

  /** Returns the bucket's record as this owner last saw it; others may have changed it since. */
  public BucketState state() {
    return loop.state();
  }

  /** Returns whether appends may still succeed; once false it stays so: open the bucket again. */
  public boolean usable() {
    return !loop.isDead();
  }

  /**
   * Returns how many losses of the session there were, to hand to {@link #confirm}: ask before the
   * bucket's record is read.
   */
  public long sessionLosses() {
    return setup.sessions().count();
  }

  /**
   * Allows the bucket to be followed here, as its record, read after {@code losses} losses of the
   * session, names this gateway.
   */
  public void confirm(long losses) {
    lossesAtConfirm.accumulateAndGet(losses, Math::max);
  }

  /**
   * Lets the rows leave the log that have been in the lake for {@code retention}, and deletes their
   * ledgers; and those of transactions that were aborted or have expired. Call it again only once
   * it is complete.
   *
   * @return the number of steps that were made; fails as the stores do, or with a stale claim: what
   *     is left is done by the next call, of whoever owns the bucket then
   */
  public CompletableFuture<Integer> retain(Duration retention) {
    return new LogRetention(
            setup,
            loop.state().claim().epoch(),
            record -> serial.execute(() -> loop.trim(record.startOffset())))
        .run(retention)
        .thenCombine(transactions.clean(), Integer::sum);
  }

  /** Has the streams that wait for rows look again whether they may. */
  void wakeFollowers() {
    serial.execute(() -> loop.tail().wake());
  }

  private boolean mayFollow() {
    return lossesAtConfirm.get() == setup.sessions().count();
  }

  /** Returns the bytes of rows that were taken but aren't durable yet. */
  public long inFlightBytes() {
    return inFlightBytes.get();
  }

  /**
   * Seals the open segment, if it has rows, once what is in flight is durable. The next append
   * opens another.
   *
   * @return completes when all rows that were visible at the call are in sealed segments; fails
   *     with an {@link AppendException}: TOO_MANY_SEGMENTS if the bucket has as many segments as
   *     its record may name on demand, 10,000. The open one is left open then: its age or size, or
   *     the next owner, seals it
   */
  public CompletableFuture<Void> seal() {
    CompletableFuture<Void> sealed = new CompletableFuture<>();
    serial.execute(() -> loop.seal(sealed));
    return sealed;
  }

  /**
   * Seals and gives the bucket up, once what is in flight is durable: later appends fail, waiting
   * cursors fail with CLOSED.
   */
  public CompletableFuture<Void> close() {
    return transactions
        .close()
        .thenCompose(
            done -> {
              CompletableFuture<Void> closed = new CompletableFuture<>();
              serial.execute(() -> loop.close(closed));
              return closed;
            });
  }

  /**
   * Gives the bucket up at once, as when this process lost its session: what is in flight fails
   * with FENCED and may be stored or not, waiting cursors fail with CLOSED. The ledger stays open
   * until another owner recovers it.
   */
  public void abandon() {
    AppendException why =
        new AppendException(
            Reason.FENCED,
            "bucket "
                + setup.bucket()
                + " was abandoned by "
                + setup.owner()
                + "; send the same batch to its next owner");
    transactions.abandon();
    serial.execute(() -> loop.abandon(why));
  }

  /**
   * Opens a cursor over {@code [fromOffset, toOffset)}, to be closed by the caller: rows that it
   * has yet to read stay in memory.
   *
   * @param fromOffset at least {@link #startOffset}, at most the watermark, or {@code next} fails
   *     with OUT_OF_RANGE
   * @param toOffset {@link Long#MAX_VALUE} to follow for ever
   */
  public FrameCursor read(long fromOffset, long toOffset) {
    return read(fromOffset, toOffset, WantedColumns.ALL);
  }

  /**
   * Opens a cursor as the other {@code read} does, of which only some columns are looked at.
   *
   * @param wanted these; others may read as zeros
   */
  public FrameCursor read(long fromOffset, long toOffset, WantedColumns wanted) {
    BucketCursor cursor =
        new BucketCursor(
            loop, setup.store(), wanted, serial, this::mayFollow, fromOffset, toOffset);
    cursor.join();
    return cursor;
  }

  /**
   * Returns the first visible offset whose append time is at or after {@code timeMicros}; empty if
   * there is none yet. Fails with a {@link ReadException}.
   */
  public CompletableFuture<OptionalLong> offsetAtTime(long timeMicros) {
    return CompletableFuture.<Void>completedFuture(null)
        .thenComposeAsync(ready -> search(timeMicros), serial)
        .whenCompleteAsync((offset, failure) -> {}, serial);
  }

  private CompletableFuture<OptionalLong> search(long timeMicros) {
    AppendException died = loop.deathCause();
    if (died != null) {
      String what = "the bucket's log ended here; ask its owner. " + died.getMessage();
      return CompletableFuture.failedFuture(
          new ReadException(ReadException.Reason.CLOSED, what, died));
    }
    CompletableFuture<OptionalLong> open = searchOpen(timeMicros);
    return SegmentFrames.offsetAtTime(setup.store(), loop.state(), timeMicros)
        .thenCompose(found -> found.isPresent() ? CompletableFuture.completedFuture(found) : open);
  }

  private CompletableFuture<OptionalLong> searchOpen(long timeMicros) {
    OpenSegment segment = loop.segment();
    if (segment == null || segment.ackedRelative() == 0) {
      return CompletableFuture.completedFuture(OptionalLong.empty());
    }
    SegmentIndex index = segment.index();
    return SegmentFrames.offsetAtTime(
        setup.store(),
        segment.ledgerId(),
        segment.baseOffset(),
        SegmentFrames.entryBefore(index, timeMicros),
        segment.ackedEntries(),
        timeMicros);
  }
}
