package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.OpenLedgerCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadAhead;
import io.sluice.log.read.ReadException;
import io.sluice.log.read.ReadException.Reason;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.read.WantedColumns;
import io.sluice.log.segment.SegmentStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bucket at its owner: from memory where it can, else from ledgers. Runs on the bucket's
 * serial executor.
 */
final class BucketCursor implements FrameCursor, TailReaders.Reader {

  private final AppendLoop loop;
  private final SegmentStore store;
  private final WantedColumns wanted;
  private final SerialExecutor serial;
  private final BooleanSupplier mayFollow;
  private final long to;
  private volatile long position;
  private long taken;
  private long newestAtJoin;
  private boolean left;
  private @Nullable FrameCursor behind;
  private @Nullable CompletableFuture<List<PlacedFrame>> waiting;
  private @Nullable Runnable waiter;
  private boolean closed;

  /**
   * @param wanted the columns that are looked at
   * @param mayFollow whether to wait for rows here
   */
  BucketCursor(
      AppendLoop loop,
      SegmentStore store,
      WantedColumns wanted,
      SerialExecutor serial,
      BooleanSupplier mayFollow,
      long from,
      long to) {
    this.loop = loop;
    this.store = store;
    this.wanted = wanted;
    this.serial = serial;
    this.mayFollow = mayFollow;
    this.position = from;
    this.taken = from;
    this.to = to;
  }

  /** Has rows kept in memory for it, until it is closed or at its end. */
  void join() {
    serial.executeHere(
        () -> {
          newestAtJoin = loop.tail().watermark();
          loop.tail().join(this);
        });
  }

  /** Who reads on is expected, unless that is from where rows weren't in memory when it came. */
  private void leave() {
    AckedTail tail = loop.tail();
    long next = Math.min(taken, to);
    if (!left && next >= Math.min(tail.start(), newestAtJoin)) {
      tail.expect(next);
    }
    left = true;
    tail.leave(this);
  }

  @Override
  public long from() {
    return taken;
  }

  @Override
  public long to() {
    return to;
  }

  @Override
  public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
    CompletableFuture<List<PlacedFrame>> result = new CompletableFuture<>();
    // A look at what is in memory: cheaper than to wake another thread for it.
    serial.executeHere(
        () -> {
          try {
            step(maxBytes, result);
          } catch (Throwable thrown) {
            result.completeExceptionally(ended(null));
            throw thrown;
          }
        });
    return result;
  }

  private void step(int maxBytes, CompletableFuture<List<PlacedFrame>> result) {
    AckedTail tail = loop.tail();
    taken = position; // Who asks for more has taken what there was.
    if (closed) {
      result.completeExceptionally(
          new ReadException(Reason.CLOSED, "the cursor was closed at " + position));
    } else if (position >= to) {
      leave();
      closeBehind();
      result.complete(List.of());
    } else if (loop.deathCause() != null) {
      result.completeExceptionally(ended(loop.deathCause()));
    } else if (position > tail.watermark()) {
      result.completeExceptionally(
          new ReadException(
              Reason.OUT_OF_RANGE,
              "offset " + position + " is beyond the last visible, " + tail.watermark()));
    } else if (position == tail.watermark() && !mayFollow.getAsBoolean()) {
      result.completeExceptionally(
          new ReadException(
              Reason.CLOSED,
              "the gateway lost its session with the metadata store, and may not own the bucket"
                  + " any more; read on from "
                  + position
                  + " at its owner"));
    } else if (position == tail.watermark()) {
      await(maxBytes, result);
    } else if (position >= tail.start()) {
      closeBehind();
      deliver(tail.read(position, to, maxBytes), result);
    } else {
      readBehind(maxBytes, result);
    }
  }

  private ReadException ended(@Nullable AppendException why) {
    return new ReadException(
        Reason.CLOSED,
        "the bucket's log ended here at "
            + position
            + "; read on at its owner. "
            + (why == null ? "" : why.getMessage()),
        why);
  }

  private void await(int maxBytes, CompletableFuture<List<PlacedFrame>> result) {
    Runnable task =
        () -> {
          waiting = null;
          waiter = null;
          step(maxBytes, result);
        };
    waiting = result;
    waiter = task;
    loop.tail().await(task);
  }

  private void deliver(List<PlacedFrame> frames, CompletableFuture<List<PlacedFrame>> result) {
    position = frames.get(frames.size() - 1).endOffset();
    if (!result.complete(frames)) {
      frames.forEach(PlacedFrame::release);
    }
  }

  private void readBehind(int maxBytes, CompletableFuture<List<PlacedFrame>> result) {
    if (behind == null) {
      FrameCursor opened = openBehind();
      behind = opened == null ? null : new ReadAhead(opened);
    }
    FrameCursor current = behind;
    if (current == null) {
      result.completeExceptionally(
          new ReadException(
              Reason.OUT_OF_RANGE,
              "offset "
                  + position
                  + " has left the log, which begins at "
                  + loop.state().startOffset()
                  + "; read the lake"));
      return;
    }
    Completion.on(
        serial,
        current.next(maxBytes),
        (frames, failure) -> onBehind(maxBytes, result, frames, failure));
  }

  private void onBehind(
      int maxBytes,
      CompletableFuture<List<PlacedFrame>> result,
      @Nullable List<PlacedFrame> frames,
      @Nullable Throwable failure) {
    if (frames == null) {
      closeBehind();
      result.completeExceptionally(failure == null ? ended(null) : Retrying.cause(failure));
    } else if (closed || frames.isEmpty()) {
      frames.forEach(PlacedFrame::release);
      closeBehind();
      step(maxBytes, result);
    } else {
      deliver(frames, result);
    }
  }

  /** Returns null if the position has left the log. */
  private @Nullable FrameCursor openBehind() {
    BucketState state = loop.state();
    if (position < state.startOffset()) {
      return null;
    }
    if (position < state.sealedEndOffset()) {
      return SegmentFrames.open(
          store, wanted, state, position, Math.min(to, state.sealedEndOffset()));
    }
    OpenSegment segment = loop.segment();
    if (segment == null) {
      return null;
    }
    long base = segment.baseOffset();
    var index = segment.index();
    return new OpenLedgerCursor(
        store,
        wanted,
        segment.ledgerId(),
        base,
        index.blocks().get(index.blockOf(position - base)).firstEntryId(),
        segment.ackedEntries(),
        position,
        Math.min(to, base + segment.ackedRelative()));
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void close() {
    serial.execute(
        () -> {
          closed = true;
          leave();
          closeBehind();
          if (waiter != null) {
            loop.tail().forget(waiter);
          }
          if (waiting != null) {
            waiting.completeExceptionally(
                new ReadException(Reason.CLOSED, "the cursor was closed at " + position));
          }
        });
  }

  private void closeBehind() {
    FrameCursor current = behind;
    behind = null;
    if (current != null) {
      current.close();
    }
  }
}
