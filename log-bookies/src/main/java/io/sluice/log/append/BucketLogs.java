package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.log.segment.SegmentStore;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The open buckets of one gateway. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class BucketLogs implements AutoCloseable {

  /**
   * @param owner names this gateway in claims
   * @param listener told of each sealed segment
   */
  public BucketLogs(
      String owner,
      LogSettings settings,
      SegmentStore store,
      BucketRecords records,
      SealListener listener) {}

  /**
   * Returns a bucket's log; claims and recovers the bucket if it isn't open here.
   *
   * @return fails with an {@link AppendException}, UNAVAILABLE or STOPPED, or with a {@code
   *     MetadataException} of kind MISSING if the table was dropped
   */
  public CompletableFuture<BucketLog> open(Table table, int bucket) {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Seals all open buckets of a table; see {@link BucketLog#seal}. */
  public CompletableFuture<Void> sealAll(UUID tableId) {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Gives a bucket up if it is open here; see {@link BucketLog#close}. */
  public CompletableFuture<Void> release(BucketId bucket) {
    throw new UnsupportedOperationException("not built yet");
  }

  /** Seals and gives up all buckets; {@link #open} fails from now on. */
  public CompletableFuture<Void> closeAll() {
    throw new UnsupportedOperationException("not built yet");
  }

  /** As {@link #closeAll}, waiting up to 30 seconds, and ends this object's threads. */
  @Override
  public void close() {}
}
