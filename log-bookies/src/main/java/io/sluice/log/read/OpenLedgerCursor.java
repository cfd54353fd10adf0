package io.sluice.log.read;

import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of a ledger that is still written to, up to an entry that its owner knows to be
 * acknowledged.
 */
public final class OpenLedgerCursor implements FrameCursor {

  private final SegmentStore store;
  private final WantedColumns wanted;
  private final long ledgerId;
  private final long baseOffset;
  private final long firstEntry;
  private final long endEntry;
  private final long to;
  private long position;
  private volatile @Nullable LedgerScan scan;
  private volatile boolean closed;

  /**
   * @param wanted the columns that are looked at
   * @param baseOffset offset of the ledger's first row
   * @param firstEntry an entry at or before the one that holds {@code from}
   * @param endEntry one past the last acknowledged entry
   * @param from first offset
   * @param to one past the last offset; all of them are acknowledged
   */
  public OpenLedgerCursor(
      SegmentStore store,
      WantedColumns wanted,
      long ledgerId,
      long baseOffset,
      long firstEntry,
      long endEntry,
      long from,
      long to) {
    this.store = store;
    this.wanted = wanted;
    this.ledgerId = ledgerId;
    this.baseOffset = baseOffset;
    this.firstEntry = firstEntry;
    this.endEntry = endEntry;
    this.position = from;
    this.to = to;
  }

  /** Opens a cursor over all rows of the entries {@code [firstEntry, endEntry)}. */
  public static FrameCursor whole(
      SegmentStore store,
      WantedColumns wanted,
      long ledgerId,
      long baseOffset,
      long firstEntry,
      long endEntry) {
    return new OpenLedgerCursor(
        store, wanted, ledgerId, baseOffset, firstEntry, endEntry, baseOffset, Long.MAX_VALUE);
  }

  @Override
  public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
    if (closed) {
      return CompletableFuture.failedFuture(ReadFailures.closed(position));
    }
    if (position >= to) {
      return CompletableFuture.completedFuture(List.of());
    }
    CompletableFuture<List<PlacedFrame>> result = new CompletableFuture<>();
    var unused =
        step(maxBytes)
            .whenComplete(
                (frames, failure) -> {
                  if (failure != null) {
                    closeScan();
                    result.completeExceptionally(ReadFailures.of(failure, ledgerId));
                  } else {
                    result.complete(frames);
                  }
                });
    return result;
  }

  private CompletableFuture<List<PlacedFrame>> step(int maxBytes) {
    LedgerScan current = scan;
    if (current == null) {
      return store
          .open(ledgerId)
          .thenCompose(
              reader -> {
                scan = scan(reader);
                if (closed) {
                  // While the ledger was being opened: close() may not have seen it.
                  closeScan();
                  return CompletableFuture.failedFuture(ReadFailures.closed(position));
                }
                return step(maxBytes);
              });
    }
    return current
        .next(maxBytes, position)
        .thenCompose(
            frames -> {
              List<PlacedFrame> kept = keep(frames);
              if (!kept.isEmpty()) {
                return CompletableFuture.completedFuture(kept);
              }
              return current.atEnd() ? atEnd() : step(maxBytes);
            });
  }

  private CompletableFuture<List<PlacedFrame>> atEnd() {
    return to == Long.MAX_VALUE
        ? CompletableFuture.completedFuture(List.of())
        : CompletableFuture.failedFuture(tooShort());
  }

  private ReadException tooShort() {
    return new ReadException(
        ReadException.Reason.CORRUPT,
        "entries [" + firstEntry + ", " + endEntry + ") end before offset " + position);
  }

  private LedgerScan scan(SegmentReader reader) {
    return new LedgerScan(new EntryScan(reader, wanted, firstEntry, endEntry), baseOffset, -1);
  }

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
