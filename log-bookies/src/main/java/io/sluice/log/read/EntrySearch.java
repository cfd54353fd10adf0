package io.sluice.log.read;

import io.netty.buffer.ByteBuf;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.EntryPart;
import io.sluice.log.frame.EntryType;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.SegmentIndex;
import io.sluice.log.segment.SegmentReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Finds the entry to begin reading a closed ledger at: by its index if it ends with one, else by
 * bisection over entry headers.
 */
final class EntrySearch {

  /** Returns an entry at or before the one that holds a row, close to it. */
  static CompletableFuture<Long> byOffset(SegmentReader reader, long relativeOffset) {
    if (relativeOffset <= 0) {
      return CompletableFuture.completedFuture(0L);
    }
    return read(reader, reader.lastEntryId(), EntrySearch::indexOrNone)
        .thenCompose(
            index ->
                index.blocks().isEmpty()
                    ? bisect(
                            reader,
                            0,
                            reader.lastEntryId(),
                            entry -> EntryHeader.read(entry).relativeEnd() > relativeOffset)
                        .thenCompose(entry -> firstPart(reader, entry))
                    : CompletableFuture.completedFuture(
                        index.blocks().get(index.blockOf(relativeOffset)).firstEntryId()));
  }

  /** Returns an entry at or before the first one whose append time isn't before {@code micros}. */
  static CompletableFuture<Long> byTime(SegmentReader reader, long micros) {
    return read(reader, reader.lastEntryId(), EntrySearch::indexOrNone)
        .thenCompose(
            index ->
                index.blocks().isEmpty()
                    ? bisect(reader, 0, reader.lastEntryId(), entry -> isAtOrAfter(entry, micros))
                        .thenCompose(entry -> firstPart(reader, entry))
                    : CompletableFuture.completedFuture(blockBefore(index, micros)));
  }

  /** Returns the first entry of the last block that begins before {@code micros}. */
  static long blockBefore(SegmentIndex index, long micros) {
    long entry = 0;
    for (SegmentIndex.Block block : index.blocks()) {
      if (block.timeMicros() >= micros) {
        break;
      }
      entry = block.firstEntryId();
    }
    return entry;
  }

  private static boolean isAtOrAfter(ByteBuf entry, long micros) {
    EntryHeader header = EntryHeader.read(entry);
    if (header.type() == EntryType.PART) {
      return EntryPart.read(header, entry).timeMicros() >= micros;
    }
    if (header.type() != EntryType.DATA) {
      return header.type() == EntryType.INDEX;
    }
    List<Frame> frames = DataEntry.frames(entry);
    long last = frames.get(frames.size() - 1).header().timeMicros();
    frames.forEach(Frame::release);
    return last >= micros;
  }

  /** Returns the first of the entries that a data entry is stored in, by any of them. */
  private static CompletableFuture<Long> firstPart(SegmentReader reader, long entryId) {
    return read(
        reader,
        entryId,
        entry -> {
          EntryHeader header = EntryHeader.read(entry);
          return header.type() == EntryType.PART
              ? entryId - EntryPart.read(header, entry).index()
              : entryId;
        });
  }

  private static SegmentIndex indexOrNone(ByteBuf entry) {
    return EntryHeader.read(entry).type() == EntryType.INDEX
        ? SegmentIndex.decode(entry)
        : new SegmentIndex(0, List.of());
  }

  /** Returns the first entry in {@code [low, high]} that passes; {@code high} if none does. */
  private static CompletableFuture<Long> bisect(
      SegmentReader reader, long low, long high, Predicate<ByteBuf> passes) {
    if (low >= high) {
      return CompletableFuture.completedFuture(high);
    }
    long middle = (low + high) >>> 1;
    return read(reader, middle, passes::test)
        .thenCompose(
            passed ->
                passed
                    ? bisect(reader, low, middle, passes)
                    : bisect(reader, middle + 1, high, passes));
  }

  private static <T> CompletableFuture<T> read(
      SegmentReader reader, long entryId, java.util.function.Function<ByteBuf, T> use) {
    return reader
        .read(entryId, entryId + 1)
        .thenApply(
            entries -> {
              try {
                return use.apply(entries.get(0));
              } finally {
                entries.forEach(ByteBuf::release);
              }
            });
  }

  private EntrySearch() {}
}
