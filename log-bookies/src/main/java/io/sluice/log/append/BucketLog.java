package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.read.FrameCursor;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The owner's side of one bucket: takes batches, makes them durable, shows them to subscribers.
 * Thread-safe. Opened by {@link BucketLogs}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class BucketLog {

  BucketLog() {}

  /**
   * Appends a batch. Its rows are visible, and the future completes, only once all of it is on disk
   * at the ack quorum. A batch with a writer that was appended before is answered with the first
   * attempt's offsets.
   *
   * @param batch taken over: released here, whatever the outcome
   * @return fails with an {@link AppendException}
   */
  public CompletableFuture<Appended> append(RowBatch batch) {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Returns one past the last visible offset. */
  public long watermark() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Returns the first offset still in the log, as this owner last saw it. */
  public long startOffset() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Returns the bucket's record as this owner last saw it; others may have changed it since. */
  public BucketState state() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Returns whether appends may still succeed; once false it stays so: open the bucket again. */
  public boolean usable() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Returns the bytes of rows that were taken but aren't durable yet. */
  public long inFlightBytes() {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Seals the open segment, if it has rows, once what is in flight is durable. The next append
   * opens another.
   *
   * @return completes when all rows that were visible at the call are in sealed segments; fails
   *     with an {@link AppendException}
   */
  public CompletableFuture<Void> seal() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Seals and gives the bucket up: later appends fail, waiting cursors fail with CLOSED. */
  public CompletableFuture<Void> close() {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Opens a cursor over {@code [fromOffset, toOffset)}.
   *
   * @param fromOffset at least {@link #startOffset}, or {@code next} fails with OUT_OF_RANGE
   * @param toOffset {@link Long#MAX_VALUE} to follow for ever
   */
  public FrameCursor read(long fromOffset, long toOffset) {
    throw new UnsupportedOperationException("not built yet");
  }

  /**
   * Returns the first visible offset whose append time is at or after {@code timeMicros}; empty if
   * there is none yet. Fails with a {@link io.sluice.log.read.ReadException}.
   */
  public CompletableFuture<OptionalLong> offsetAtTime(long timeMicros) {
    throw new UnsupportedOperationException("not built yet");
  }
}
