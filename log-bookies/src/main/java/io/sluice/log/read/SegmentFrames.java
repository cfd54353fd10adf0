package io.sluice.log.read;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.frame.SegmentIndex;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Reads the closed segments of a bucket without its owner. */
public final class SegmentFrames {

  private static final int SEARCH_BYTES = 1 << 20;

  /**
   * Opens a cursor over {@code [from, to)}.
   *
   * @param state the bucket's record; its closed segments hold the range
   * @param from first offset, at least {@code state.startOffset()}
   * @param to one past the last offset, at most {@code state.sealedEndOffset()}
   */
  public static FrameCursor open(SegmentStore store, BucketState state, long from, long to) {
    return open(store, WantedColumns.ALL, state, from, to);
  }

  /**
   * Opens a cursor as the other {@code open} does, of which only some columns are looked at.
   *
   * @param wanted these; others may read as zeros
   */
  public static FrameCursor open(
      SegmentStore store, WantedColumns wanted, BucketState state, long from, long to) {
    return new SegmentCursor(store, wanted, state.sealedSegments(), from, to);
  }

  /**
   * Returns the first offset in the closed segments whose append time is at or after {@code
   * timeMicros}; empty if there is none. Fails with a {@link ReadException}.
   */
  public static CompletableFuture<OptionalLong> offsetAtTime(
      SegmentStore store, BucketState state, long timeMicros) {
    Optional<Segment.Closed> found =
        state.sealedSegments().stream()
            .filter(segment -> segment.rows() > 0 && segment.maxTimeMicros() >= timeMicros)
            .findFirst();
    if (found.isEmpty()) {
      return CompletableFuture.completedFuture(OptionalLong.empty());
    }
    Segment.Closed segment = found.get();
    if (segment.minTimeMicros() >= timeMicros) {
      return CompletableFuture.completedFuture(OptionalLong.of(segment.baseOffset()));
    }
    return withReadException(
        store
            .openSealed(segment.ledgerId())
            .thenCompose(reader -> search(reader, segment.baseOffset(), timeMicros)),
        segment.ledgerId());
  }

  private static CompletableFuture<OptionalLong> search(
      SegmentReader reader, long baseOffset, long timeMicros) {
    return EntrySearch.byTime(reader, timeMicros)
        .thenCompose(
            entry ->
                firstAtOrAfter(
                    headers(reader, baseOffset, entry, reader.lastEntryId() + 1), timeMicros))
        .whenComplete((offset, failure) -> reader.close());
  }

  /**
   * Returns the first offset at or after a time among the acknowledged entries of an open ledger.
   *
   * @param firstEntry an entry at or before it
   * @param endEntry one past the last acknowledged entry
   */
  public static CompletableFuture<OptionalLong> offsetAtTime(
      SegmentStore store,
      long ledgerId,
      long baseOffset,
      long firstEntry,
      long endEntry,
      long timeMicros) {
    return withReadException(
        store
            .open(ledgerId)
            .thenCompose(
                reader ->
                    firstAtOrAfter(headers(reader, baseOffset, firstEntry, endEntry), timeMicros)
                        .whenComplete((offset, failure) -> reader.close())),
        ledgerId);
  }

  /** Returns the first entry of the last block that begins before {@code timeMicros}, else 0. */
  public static long entryBefore(SegmentIndex index, long timeMicros) {
    return EntrySearch.blockBefore(index, timeMicros);
  }

  private static LedgerScan headers(
      SegmentReader reader, long baseOffset, long firstEntry, long endEntry) {
    return new LedgerScan(
        new EntryScan(reader, WantedColumns.NONE, firstEntry, endEntry), baseOffset, -1);
  }

  private static CompletableFuture<OptionalLong> firstAtOrAfter(LedgerScan scan, long timeMicros) {
    return scan.next(SEARCH_BYTES, 0)
        .thenCompose(
            frames -> {
              OptionalLong found =
                  frames.stream()
                      .filter(frame -> frame.timeMicros() >= timeMicros)
                      .mapToLong(PlacedFrame::offset)
                      .findFirst();
              frames.forEach(PlacedFrame::release);
              return found.isPresent() || scan.atEnd()
                  ? CompletableFuture.completedFuture(found)
                  : firstAtOrAfter(scan, timeMicros);
            });
  }

  private static <T> CompletableFuture<T> withReadException(
      CompletableFuture<T> future, long ledgerId) {
    CompletableFuture<T> result = new CompletableFuture<>();
    var unused =
        future.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                result.completeExceptionally(ReadFailures.of(failure, ledgerId));
              } else {
                result.complete(value);
              }
            });
    return result;
  }

  private SegmentFrames() {}
}
