package io.sluice.log.append;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.OpenLedgerCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.WantedColumns;
import io.sluice.log.segment.SegmentReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Takes a bucket over: claims it, closes the ledger that its last owner left open (which fences
 * that owner), and reads the writers back from the newest ledger that has a window.
 */
final class Recovery {

  /** A bucket that is ours. */
  record Recovered(BucketState state, WriterWindow window) {
    /** Returns the append time of the newest row, in the log or not; 0 if there is none. */
    long lastTimeMicros() {
      return state.sealedSegments().stream()
          .mapToLong(Segment.Closed::maxTimeMicros)
          .reduce(state.goneTimeMicros(), Math::max);
    }
  }

  private static final int READ_BYTES = 4 << 20;

  private final BucketSetup setup;
  private final Retrying retrying;
  private final RecordSteps steps;
  private final LedgerCloser closer;

  Recovery(BucketSetup setup, Retrying retrying) {
    this.setup = setup;
    this.retrying = retrying;
    this.steps = new RecordSteps(setup.records(), setup.bucket(), retrying);
    this.closer = new LedgerCloser(setup.store(), retrying);
  }

  CompletableFuture<Recovered> run() {
    return steps
        .claim(setup.owner())
        .thenCompose(
            claimed ->
                steps.confirmed(
                    claimed.claim().epoch(), closeOpen(claimed).thenCompose(this::readWindow)));
  }

  private CompletableFuture<BucketState> closeOpen(BucketState claimed) {
    if (claimed.openSegment().isEmpty()) {
      return CompletableFuture.completedFuture(claimed);
    }
    Segment.Open open = claimed.openSegment().get();
    return closer
        .recover(open.ledgerId(), open.openedAtMicros())
        .thenCompose(
            ledger ->
                steps
                    .sealed(claimed.claim().epoch(), open.baseOffset(), ledger)
                    .thenApply(
                        state -> {
                          if (ledger.rows() > 0) {
                            setup.onSealed().accept(ledger.rows());
                          }
                          return state;
                        }));
  }

  /** Reads back the writers of a bucket whose ledgers are all closed. */
  CompletableFuture<Recovered> readWindow(BucketState state) {
    OptionalLong ledgerId = newestWithWindow(state);
    LogSettings settings = setup.settings();
    if (ledgerId.isEmpty()) {
      WindowCodec.Read none =
          new WindowCodec.Read(
              0, new WriterWindow(settings.writerBytes(), settings.resultsPerWriter()));
      return CompletableFuture.completedFuture(new Recovered(state, none.window()));
    }
    return retrying
        .call(() -> readWindow(ledgerId.getAsLong()))
        .thenApply(window -> new Recovered(state, window));
  }

  private static OptionalLong newestWithWindow(BucketState state) {
    List<Segment.Closed> newestFirst = new ArrayList<>(state.sealedSegments());
    Collections.reverse(newestFirst);
    for (Segment.Closed segment : newestFirst) {
      if (segment.hasWindow()) {
        return OptionalLong.of(segment.ledgerId());
      }
    }
    return state.windowLedgerId();
  }

  private CompletableFuture<WriterWindow> readWindow(long ledgerId) {
    return setup
        .store()
        .openSealed(ledgerId)
        .thenCompose(
            reader ->
                readFirst(reader)
                    .thenCompose(read -> replay(read, ledgerId, reader.lastEntryId() + 1))
                    .whenComplete((window, failure) -> reader.close()));
  }

  private CompletableFuture<WindowCodec.Read> readFirst(SegmentReader reader) {
    return reader
        .read(0, 1)
        .thenApply(
            entries -> {
              try {
                return WindowCodec.decode(
                    entries.get(0),
                    setup.settings().writerBytes(),
                    setup.settings().resultsPerWriter());
              } finally {
                entries.forEach(ByteBuf::release);
              }
            });
  }

  /** Adds to the window what was appended after it. */
  private CompletableFuture<WriterWindow> replay(
      WindowCodec.Read read, long ledgerId, long endEntry) {
    FrameCursor frames =
        OpenLedgerCursor.whole(
            setup.store(), WantedColumns.NONE, ledgerId, read.baseOffset(), 1, endEntry);
    return replay(frames, read.window()).whenComplete((window, failure) -> frames.close());
  }

  private static CompletableFuture<WriterWindow> replay(FrameCursor frames, WriterWindow window) {
    return frames
        .next(READ_BYTES)
        .thenCompose(
            read -> {
              if (read.isEmpty()) {
                return CompletableFuture.completedFuture(window);
              }
              read.forEach(placed -> window.stored(placed.frame().header(), placed.offset()));
              read.forEach(PlacedFrame::release);
              return replay(frames, window);
            });
  }
}
