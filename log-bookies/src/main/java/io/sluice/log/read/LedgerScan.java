package io.sluice.log.read;

import io.netty.buffer.ByteBuf;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.Frame;
import io.sluice.log.segment.SegmentReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a ledger's entries forward, as many at a time as probably fit. One caller at a time; owns
 * its reader.
 */
final class LedgerScan implements AutoCloseable {

  private static final int MOST_ENTRIES = 256;

  private final SegmentReader reader;
  private final long baseOffset;
  private final long splicedAtMicros;
  private final long endEntry;
  private long nextEntry;
  private long nextRelative = -1;
  private long averageBytes = 64 << 10;

  /**
   * @param baseOffset offset of the ledger's first row in its bucket
   * @param splicedAtMicros the time that counts for all rows; -1 if the frames' own does
   * @param firstEntry id of the entry to begin with
   * @param endEntry one past the id of the last entry to read
   */
  LedgerScan(
      SegmentReader reader, long baseOffset, long splicedAtMicros, long firstEntry, long endEntry) {
    this.reader = reader;
    this.baseOffset = baseOffset;
    this.splicedAtMicros = splicedAtMicros;
    this.nextEntry = firstEntry;
    this.endEntry = endEntry;
  }

  /**
   * Reads on; empty at the end of the ledger.
   *
   * @param skipTo frames that end at or before this offset are left out
   * @return for the caller to release; may be empty before the end, if all were left out
   */
  CompletableFuture<List<PlacedFrame>> next(int maxBytes, long skipTo) {
    if (atEnd()) {
      return CompletableFuture.completedFuture(List.of());
    }
    long count = Math.max(1, Math.min(MOST_ENTRIES, maxBytes / averageBytes));
    long end = Math.min(endEntry, nextEntry + count);
    return reader.read(nextEntry, end).thenApply(entries -> take(entries, end, skipTo));
  }

  /** Returns whether there is nothing more to read. */
  boolean atEnd() {
    return nextEntry >= endEntry;
  }

  private List<PlacedFrame> take(List<ByteBuf> entries, long end, long skipTo) {
    List<PlacedFrame> placed = new ArrayList<>();
    long bytes = 0;
    try {
      for (ByteBuf entry : entries) {
        bytes += entry.readableBytes();
        place(entry, skipTo, placed);
      }
    } catch (RuntimeException e) {
      placed.forEach(PlacedFrame::release);
      throw e;
    } finally {
      entries.forEach(ByteBuf::release);
    }
    averageBytes = Math.max(1, bytes / entries.size());
    nextEntry = end;
    return placed;
  }

  private void place(ByteBuf entry, long skipTo, List<PlacedFrame> placed) {
    EntryHeader header = EntryHeader.read(entry);
    if (header.type() != EntryType.DATA) {
      return;
    }
    if (nextRelative >= 0 && header.relativeOffset() != nextRelative) {
      throw new IllegalStateException(
          "ledger "
              + reader.ledgerId()
              + ": an entry's rows begin at "
              + header.relativeOffset()
              + " but those before end at "
              + nextRelative);
    }
    nextRelative = header.relativeEnd();
    long offset = baseOffset + header.relativeOffset();
    for (Frame frame : DataEntry.frames(entry)) {
      long time = splicedAtMicros < 0 ? frame.header().timeMicros() : splicedAtMicros;
      PlacedFrame next = new PlacedFrame(offset, time, frame);
      offset = next.endOffset();
      if (offset <= skipTo) {
        next.release();
      } else {
        placed.add(next);
      }
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
