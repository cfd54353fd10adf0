package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.append.OpenSegment.Added;
import io.sluice.log.append.PendingBatch.PendingFrame;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.StoredEntry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves batches into the open ledger and says what became of them. All of it runs on the bucket's
 * serial executor, so that no state needs a lock.
 *
 * <p>A ledger is opened when rows come, and closed when it is big or old enough, when it must be
 * handed over, or when an add failed or took too long. In each case what it holds is then asked of
 * the ledger itself, and what isn't in it goes to the next one.
 */
final class AppendLoop {

  private static final Logger log = LoggerFactory.getLogger(AppendLoop.class);

  /** From so many gathered bytes on, the next entry doesn't wait for the ones in flight. */
  private static final long GATHERED_BYTES = 128 << 10;

  private final BucketSetup setup;
  private final SerialExecutor serial;
  private final AtomicLong inFlightBytes;
  private final AckedTail tail;
  private final AppendQueue queue;
  private final WriterWindow window;
  private final LedgerRoller roller;
  private final Settlement settlement;
  private final AddWatch watch;
  private final AgeWatch age;
  private final Deque<Splice> splices = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> sealWaiters = new ArrayList<>();
  private AppendPhase phase = new AppendPhase.Idle();
  private BucketState state;
  private long lastTimeMicros;
  private @Nullable CompletableFuture<Void> closed;
  private volatile boolean dead;

  AppendLoop(
      BucketSetup setup, Recovery.Recovered recovered, SerialExecutor serial, AppendQueue queue) {
    this.setup = setup;
    this.serial = serial;
    this.inFlightBytes = queue.inFlightBytes();
    this.state = recovered.state();
    this.window = recovered.window();
    this.lastTimeMicros = recovered.lastTimeMicros();
    this.tail = AckedTail.of(setup, serial, state.nextBaseOffset());
    this.queue = queue;
    this.settlement = new Settlement(setup.bucket().bucket(), queue, window, tail);
    this.watch =
        new AddWatch(
            setup.settings().addTimeout(),
            this::alarm,
            () -> phase instanceof AppendPhase.Closing ? null : segment(),
            this::onTimeout);
    this.age = new AgeWatch(setup, serial, this::state, this::drain);
    this.roller =
        new LedgerRoller(
            setup,
            state.claim().epoch(),
            new Retrying(setup.time(), setup.settings().retryPause(), () -> !dead));
  }

  AckedTail tail() {
    return tail;
  }

  BucketState state() {
    return state;
  }

  /** Forgets the segments below {@code start}, which have left the log. */
  void trim(long start) {
    state = state.trimmedTo(start);
  }

  /** Returns the ledger that rows go to, until what it holds is in the record. */
  @Nullable OpenSegment segment() {
    return phase.segment();
  }

  /** Returns why nothing can be appended any more; null if it can. */
  @Nullable AppendException deathCause() {
    return phase instanceof AppendPhase.Dead end ? end.why() : null;
  }

  /** Returns whether it is over. Any thread may ask. */
  boolean isDead() {
    return dead;
  }

  void append(RowBatch batch, CompletableFuture<Appended> answer) {
    long bytes = batch.bytes();
    AppendException refusal = closed == null ? deathCause() : givenUp();
    if (refusal != null) {
      batch.release();
      inFlightBytes.addAndGet(-bytes);
      answer.completeExceptionally(refusal);
    } else if (queue.admit(batch, window, answer)) {
      pump();
    } else {
      inFlightBytes.addAndGet(-bytes);
    }
  }

  void seal(CompletableFuture<Void> sealed) {
    OpenSegment segment = segment();
    if (phase instanceof AppendPhase.Dead end) {
      sealed.completeExceptionally(end.why());
    } else if (segment == null || segment.ackedRelative() == 0) {
      sealed.complete(null);
    } else if (phase instanceof AppendPhase.Appending && !setup.roll().onDemand(state)) {
      sealed.completeExceptionally(
          AppendFailures.manySegments(setup.bucket(), state.segments().size()));
    } else {
      sealWaiters.add(sealed);
      drain();
    }
  }

  /** Puts a transaction at the end, as soon as what is in flight is durable. */
  void splice(Splice splice) {
    if (phase instanceof AppendPhase.Dead end) {
      splice.done().completeExceptionally(end.why());
    } else {
      splices.add(splice);
      pump();
    }
  }

  void close(CompletableFuture<Void> done) {
    if (dead) {
      done.complete(null);
    } else if (closed != null) {
      Completion.on(serial, closed, (nothing, failure) -> done.complete(null));
    } else {
      closed = done;
      pump();
    }
  }

  /** Ends it without sealing; what is in flight fails. */
  void abandon(AppendException why) {
    if (!dead) {
      die(why);
    }
  }

  private AppendException givenUp() {
    return AppendFailures.givenUp(setup.bucket(), setup.owner());
  }

  private void pump() {
    if (!splices.isEmpty()) {
      if (phase instanceof AppendPhase.Idle) {
        spliceNext();
      } else {
        drain();
      }
    }
    if (phase instanceof AppendPhase.Idle && !queue.isEmpty()) {
      open();
    }
    while (!queue.isEmpty()
        && phase instanceof AppendPhase.Appending appending
        && maySend(appending.segment())) {
      send(appending.segment());
    }
    if (closed != null && queue.isIdle()) {
      if (phase instanceof AppendPhase.Idle) {
        die(givenUp());
      } else {
        drain();
      }
    }
  }

  private boolean maySend(OpenSegment segment) {
    if (segment.bytes() >= setup.roll().bytes(state.segments().size())) {
      drain();
      return false;
    }
    int inFlight = segment.addsInFlight();
    return inFlight == 0
        || (inFlight < setup.settings().maxAddsInFlight() && queue.queuedBytes() >= GATHERED_BYTES);
  }

  private void send(OpenSegment segment) {
    List<PendingFrame> frames = queue.nextEntry();
    List<DataEntry.Part> parts = frames.stream().map(PendingFrame::part).toList();
    long time = nextTime();
    // Memory may run out here: the frames stay in the queue until the entry is there.
    StoredEntry entry = StoredEntry.of(parts, segment.nextRelative(), time);
    queue.taken(frames);
    add(segment, frames, entry);
  }

  /** Time stands still rather than going back. */
  private long nextTime() {
    lastTimeMicros = Math.max(lastTimeMicros, setup.time().nowMicros());
    return lastTimeMicros;
  }

  private void add(OpenSegment segment, List<PendingFrame> frames, StoredEntry entry) {
    Added added = segment.added(frames, entry.whole(), entry.parts().size());
    watch.arm(segment);
    segment.write(
        entry.parts(),
        add -> Completion.here(serial, add, (id, failure) -> onAdd(segment, added, failure)));
  }

  private void onAdd(OpenSegment segment, Added added, @Nullable Throwable failure) {
    if (segment() != segment || phase instanceof AppendPhase.Closing) {
      return;
    }
    if (failure != null) {
      log.warn("Bucket {}: an add failed, closing ledger {}", setup.bucket(), segment.ledgerId());
      close(segment);
      return;
    }
    added.ackedPart();
    for (Added oldest = segment.oldest();
        oldest != null && oldest.isAcked();
        oldest = segment.oldest()) {
      List<Frame> frames = DataEntry.frames(oldest.bytes);
      long entryId = segment.acked();
      settlement.settle(segment, oldest, frames);
      if (!frames.isEmpty()) {
        segment.index(entryId, frames.get(0).header().timeMicros(), oldest);
      }
    }
    goOnDraining();
    pump();
  }

  private void open() {
    phase = new AppendPhase.Opening();
    long at = nextTime();
    window.expire(at - TimeUnit.NANOSECONDS.toMicros(setup.writerExpiry().toNanos()));
    Completion.on(serial, roller.open(at), (opened, failure) -> onOpen(opened, failure, at));
  }

  private void onOpen(LedgerRoller.@Nullable Opened opened, @Nullable Throwable failure, long at) {
    if (!(phase instanceof AppendPhase.Opening)) {
      return;
    }
    if (opened == null) {
      die(AppendFailures.of(setup.bucket(), failure == null ? givenUp() : failure));
      return;
    }
    state = opened.state();
    long base = state.openSegment().map(Segment.Open::baseOffset).orElse(-1L);
    if (base < tail.watermark()) {
      die(AppendFailures.behind(setup.bucket(), base, tail.watermark()));
      return;
    }
    tail.publishUpTo(base);
    OpenSegment segment = new OpenSegment(opened.writer(), base, at);
    phase = new AppendPhase.Appending(segment);
    add(segment, List.of(), StoredEntry.of(WindowCodec.encode(window, base)));
    age.start();
    pump();
  }

  /** Has what is open sealed once what is in flight is durable. */
  private void drain() {
    if (phase instanceof AppendPhase.Appending appending) {
      phase = new AppendPhase.Draining(appending.segment(), false);
      goOnDraining();
    }
  }

  private void goOnDraining() {
    if (phase instanceof AppendPhase.Draining draining && draining.segment().addsInFlight() == 0) {
      OpenSegment segment = draining.segment();
      if (draining.indexed()) {
        close(segment);
      } else {
        phase = new AppendPhase.Draining(segment, true);
        add(segment, List.of(), StoredEntry.of(segment.index().encode()));
      }
    }
  }

  private void close(OpenSegment segment) {
    phase = new AppendPhase.Closing(segment);
    age.stop();
    Completion.on(
        serial, roller.close(segment), (found, failure) -> onClosed(segment, found, failure));
  }

  private void onClosed(
      OpenSegment segment, LedgerRoller.@Nullable Closed found, @Nullable Throwable failure) {
    if (segment() != segment) {
      return;
    }
    if (found == null) {
      die(AppendFailures.of(setup.bucket(), failure == null ? givenUp() : failure));
      return;
    }
    state = found.state();
    if (!settlement.resolve(segment, found.ledger().rows())) {
      die(AppendFailures.torn(setup.bucket(), found.ledger()));
      return;
    }
    phase = new AppendPhase.Idle();
    if (found.ledger().rows() > 0) {
      setup.onSealed().accept(found.ledger().rows());
    }
    takeSealWaiters().forEach(waiter -> waiter.complete(null));
    pump();
  }

  private void spliceNext() {
    Splice next = splices.remove();
    phase = new AppendPhase.Splicing();
    Completion.on(
        serial,
        roller.splice(next, nextTime()),
        (changed, failure) -> onSpliced(next, changed, failure));
  }

  private void onSpliced(
      Splice splice, @Nullable BucketState changed, @Nullable Throwable failure) {
    AppendException why = failure == null ? givenUp() : AppendFailures.of(setup.bucket(), failure);
    if (!(phase instanceof AppendPhase.Splicing)) {
      splice.done().completeExceptionally(deathCause() == null ? why : deathCause());
      return;
    }
    phase = new AppendPhase.Idle();
    if (changed != null) {
      state = changed;
      tail.publishUpTo(changed.nextBaseOffset());
      setup.onSealed().accept(splice.rows());
      splice.done().complete(null);
    } else {
      splice.done().completeExceptionally(why);
      if (why.reason() != AppendException.Reason.TRANSACTION) {
        die(why);
      }
    }
    pump();
  }

  private void die(AppendException why) {
    log.info("Bucket {} ends here: {}", setup.bucket(), why.getMessage());
    OpenSegment segment = segment();
    phase = new AppendPhase.Dead(why);
    dead = true;
    age.stop();
    if (segment != null) {
      settlement.giveBack(segment);
    }
    queue.failAll(why).forEach(batch -> inFlightBytes.addAndGet(-batch.bytes()));
    tail.close();
    splices.forEach(splice -> splice.done().completeExceptionally(why));
    splices.clear();
    takeSealWaiters().forEach(waiter -> waiter.completeExceptionally(why));
    if (closed != null) {
      closed.complete(null);
    }
  }

  private List<CompletableFuture<Void>> takeSealWaiters() {
    List<CompletableFuture<Void>> waiters = List.copyOf(sealWaiters);
    sealWaiters.clear();
    return waiters;
  }

  private void onTimeout(OpenSegment segment) {
    log.warn("Bucket {}: an add timed out, closing {}", setup.bucket(), segment.ledgerId());
    close(segment);
  }

  private void alarm(Duration delay, Runnable task) {
    setup.time().after(delay, () -> serial.execute(task));
  }
}
