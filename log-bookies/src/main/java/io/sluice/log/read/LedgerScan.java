package io.sluice.log.read;

import io.netty.buffer.ByteBuf;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Reads a ledger's frames forward. One caller at a time; owns what it reads with. */
final class LedgerScan implements AutoCloseable {

  private final EntryScan entries;
  private final long baseOffset;
  private final long splicedAtMicros;
  private long nextRelative = -1;

  /**
   * @param entries what is read of the ledger
   * @param baseOffset offset of the ledger's first row in its bucket
   * @param splicedAtMicros the time that counts for all rows; -1 if the frames' own does
   */
  LedgerScan(EntryScan entries, long baseOffset, long splicedAtMicros) {
    this.entries = entries;
    this.baseOffset = baseOffset;
    this.splicedAtMicros = splicedAtMicros;
  }

  /**
   * Reads on; empty at the end of the ledger.
   *
   * @param skipTo frames that end at or before this offset are left out
   * @return for the caller to release; may be empty before the end, if all were left out
   */
  CompletableFuture<List<PlacedFrame>> next(int maxBytes, long skipTo) {
    return atEnd()
        ? CompletableFuture.completedFuture(List.of())
        : entries.next(maxBytes).thenApply(read -> take(read, skipTo));
  }

  /** Returns whether there is nothing more to read. */
  boolean atEnd() {
    return entries.atEnd();
  }

  private List<PlacedFrame> take(List<ByteBuf> read, long skipTo) {
    List<PlacedFrame> placed = new ArrayList<>();
    try {
      read.forEach(entry -> place(entry, skipTo, placed));
      return placed;
    } catch (RuntimeException | Error e) {
      placed.forEach(PlacedFrame::release);
      throw e;
    } finally {
      read.forEach(ByteBuf::release);
    }
  }

  private void place(ByteBuf entry, long skipTo, List<PlacedFrame> placed) {
    EntryHeader header = EntryHeader.read(entry);
    if (header.type() != EntryType.DATA) {
      return;
    }
    if (nextRelative >= 0 && header.relativeOffset() != nextRelative) {
      throw new IllegalStateException(
          "ledger "
              + entries.ledgerId()
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
    entries.close();
  }
}
