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
 * @param writerExpiry how long an idle writer is remembered
 * @param threads where the bucket's work is done
 * @param tails what the tails of all buckets share
 * @param sessions the losses of this gateway's session
 * @param onSealed told the number of rows of each segment that was sealed with rows
 */
record BucketSetup(
    BucketId bucket,
    UUID incarnation,
    String owner,
    RollPolicy roll,
    Duration writerExpiry,
    LogSettings settings,
    SegmentStore store,
    BucketRecords records,
    LogTime time,
    Executor threads,
    TailMemory tails,
    SessionLosses sessions,
    LongConsumer onSealed) {}
