package io.sluice.log.read;

import io.sluice.catalog.bucket.Segment;
import io.sluice.log.read.ReadException.Reason;
import io.sluice.log.segment.SegmentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a range that lies in closed segments. */
final class SegmentCursor implements FrameCursor {

  private final SegmentStore store;
  private final WantedColumns wanted;
  private final List<Segment.Closed> segments;
  private final long to;
  private long position;
  private volatile @Nullable LedgerScan scan;
  private long scanLedger = -1;
  private long scanEnd = -1;
  private volatile boolean closed;

  SegmentCursor(
      SegmentStore store, WantedColumns wanted, List<Segment.Closed> segments, long from, long to) {
    this.store = store;
    this.wanted = wanted;
    this.segments = segments;
    this.position = from;
    this.to = to;
  }

  @Override
  public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
    if (closed) {
      return CompletableFuture.failedFuture(ReadFailures.closed(position));
    }
    if (position >= to) {
      closeScan();
      return CompletableFuture.completedFuture(List.of());
    }
    CompletableFuture<List<PlacedFrame>> result = new CompletableFuture<>();
    var unused =
        step(maxBytes)
            .whenComplete(
                (frames, failure) -> {
                  if (failure != null) {
                    closeScan();
                    result.completeExceptionally(ReadFailures.of(failure, scanLedger));
                  } else {
                    result.complete(frames);
                  }
                });
    return result;
  }

  private CompletableFuture<List<PlacedFrame>> step(int maxBytes) {
    LedgerScan current = scan;
    if (current == null || position >= scanEnd) {
      closeScan();
      return open().thenCompose(opened -> step(maxBytes));
    }
    return current
        .next(maxBytes, position)
        .thenCompose(
            frames -> {
              List<PlacedFrame> kept = keep(frames);
              if (!kept.isEmpty()) {
                return CompletableFuture.completedFuture(kept);
              }
              return current.atEnd() ? CompletableFuture.failedFuture(tooShort()) : step(maxBytes);
            });
  }

  /** Frames come whole, so only those that begin after the range are left out. */
  private List<PlacedFrame> keep(List<PlacedFrame> frames) {
    List<PlacedFrame> kept = new ArrayList<>();
    for (PlacedFrame frame : frames) {
      if (frame.offset() < to) {
        kept.add(frame);
        position = frame.endOffset();
      } else {
        frame.release();
      }
    }
    return kept;
  }

  private ReadException tooShort() {
    return new ReadException(
        Reason.CORRUPT,
        "ledger "
            + scanLedger
            + " ends before offset "
            + position
            + ", its record says "
            + scanEnd);
  }

  private CompletableFuture<LedgerScan> open() {
    for (Segment.Closed segment : segments) {
      if (segment.baseOffset() <= position && position < segment.endOffset()) {
        scanLedger = segment.ledgerId();
        scanEnd = segment.endOffset();
        return open(segment, position);
      }
    }
    return CompletableFuture.failedFuture(
        new ReadException(
            Reason.OUT_OF_RANGE,
            "offset " + position + " is in none of the log's closed segments; it left the log"));
  }

  private CompletableFuture<LedgerScan> open(Segment.Closed segment, long offset) {
    long spliced = segment instanceof Segment.Spliced splice ? splice.appendTimeMicros() : -1L;
    return store
        .openSealed(segment.ledgerId())
        .thenCompose(
            reader ->
                EntrySearch.byOffset(reader, offset - segment.baseOffset())
                    .whenComplete(
                        (entry, failure) -> {
                          if (failure != null) {
                            reader.close();
                          }
                        })
                    .thenApply(
                        entry ->
                            new LedgerScan(
                                new EntryScan(reader, wanted, entry, reader.lastEntryId() + 1),
                                segment.baseOffset(),
                                spliced)))
        .thenCompose(
            opened -> {
              scan = opened;
              if (closed) {
                // While the ledger was being opened: close() may not have seen it.
                closeScan();
                return CompletableFuture.failedFuture(ReadFailures.closed(position));
              }
              return CompletableFuture.completedFuture(opened);
            });
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void close() {
    closed = true;
    closeScan();
  }

  private synchronized void closeScan() {
    LedgerScan current = scan;
    scan = null;
    if (current != null) {
      current.close();
    }
  }
}
