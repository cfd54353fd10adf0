package io.sluice.log.read;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.segment.SegmentStore;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Reads the closed segments of a bucket without its owner. */
@SuppressWarnings("DoNotCallSuggester")
public final class SegmentFrames {

  /**
   * Opens a cursor over {@code [from, to)}.
   *
   * @param state the bucket's record; its closed segments hold the range
   * @param from first offset, at least {@code state.startOffset()}
   * @param to one past the last offset, at most {@code state.sealedEndOffset()}
   */
  public static FrameCursor open(SegmentStore store, BucketState state, long from, long to) {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Returns the first offset in the closed segments whose append time is at or after {@code
   * timeMicros}; empty if there is none.
   */
  public static CompletableFuture<OptionalLong> offsetAtTime(
      SegmentStore store, BucketState state, long timeMicros) {
    throw new UnsupportedOperationException("not built yet");
  }

  private SegmentFrames() {}
}
