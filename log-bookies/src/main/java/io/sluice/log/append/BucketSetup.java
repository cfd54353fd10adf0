package io.sluice.log.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.segment.SegmentStore;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * What one bucket's log is made of.
 *
 * @param owner names this gateway in the claim
 * @param options the table's, which may change
 * @param threads where the bucket's work is done
 * @param tails what the tails of all buckets share
 * @param sessions the losses of this gateway's session
 * @param onSealed told the number of rows of each segment that was sealed with rows
 */
record BucketSetup(
    BucketId bucket,
    UUID incarnation,
    String owner,
    LogOptions options,
    LogSettings settings,
    SegmentStore store,
    BucketRecords records,
    LogTime time,
    Executor threads,
    TailMemory tails,
    SessionLosses sessions,
    LongConsumer onSealed) {

  /**
   * Returns what the log of one of the bucket's transactions is made of: nobody reads it before it
   * commits, so nothing of it is kept in memory.
   */
  BucketSetup ofTransaction(LogOptions its, BucketRecords record) {
    return new BucketSetup(
        bucket,
        incarnation,
        owner,
        its,
        settings.withoutTail(),
        store,
        record,
        time,
        threads,
        tails,
        sessions,
        rows -> {});
  }

  /** Returns when a segment is sealed, as of now. */
  RollPolicy roll() {
    return options.roll();
  }

  /** Returns how long an idle writer is remembered, as of now. */
  Duration writerExpiry() {
    return options.writerExpiry();
  }
}
