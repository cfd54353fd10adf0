package io.sluice.log.append;

import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.FrameRows;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets batches into a bucket as long as no more is in flight than may be, its transactions
 * included. Thread-safe.
 */
final class Admission {

  private final BucketId bucket;
  private final LogSettings settings;
  private final AtomicLong inFlightBytes;

  Admission(BucketId bucket, LogSettings settings, AtomicLong inFlightBytes) {
    this.bucket = bucket;
    this.settings = settings;
    this.inFlightBytes = inFlightBytes;
  }

  /** Reserves the batch's bytes, or says why it can't come in. */
  @Nullable AppendException refusal(RowBatch batch) {
    int limit = settings.maxEntryBytes();
    for (FrameRows frame : batch.frames()) {
      DataEntry.Part part =
          new DataEntry.Part(frame, batch.schemaId(), batch.writer(), batch.rows());
      if (EntryHeader.SIZE + (long) part.size() > limit) {
        return new AppendException(
            Reason.TOO_LARGE,
            "the frame at row "
                + frame.firstRow()
                + " takes "
                + part.size()
                + " bytes, an entry may have "
                + limit
                + "; send smaller rows or batches");
      }
    }
    long bytes = batch.bytes();
    long most = settings.maxInFlightBytes();
    long before = inFlightBytes.getAndAdd(bytes);
    if (before > 0 && before + bytes > most) {
      inFlightBytes.addAndGet(-bytes);
      return new AppendException(
          Reason.THROTTLED,
          "bucket "
              + bucket
              + " has "
              + before
              + " bytes in flight and takes "
              + most
              + " at most, so "
              + bytes
              + " more must wait; try again after a pause");
    }
    return null;
  }
}
