package io.sluice.client;

import java.util.OptionalInt;
import java.util.UUID;

/**
 * How a writer writes.
 *
 * @param writerId the id that makes its retries harmless; each writer needs one of its own
 * @param bucket where all rows go; empty to let {@code writerId} decide, and always empty for a
 *     table with a bucket key
 * @param maxInFlightBytes how many bytes may wait for their acknowledgement before {@link
 *     TableWriter#append} blocks, 1 MiB or more
 * @param maxInFlightBatches how many batches of one bucket may wait for theirs, 1 to 64
 */
public record WriterSettings(
    UUID writerId, OptionalInt bucket, long maxInFlightBytes, int maxInFlightBatches) {

  private static final long MIB = 1 << 20;

  public WriterSettings {
    if (bucket.isPresent() && bucket.getAsInt() < 0) {
      throw new IllegalArgumentException("bucket must be >= 0: " + bucket.getAsInt());
    }
    if (maxInFlightBytes < MIB) {
      throw new IllegalArgumentException("maxInFlightBytes must be >= 1 MiB: " + maxInFlightBytes);
    }
    if (maxInFlightBatches < 1 || maxInFlightBatches > 64) {
      throw new IllegalArgumentException(
          "maxInFlightBatches must be between 1 and 64: " + maxInFlightBatches);
    }
  }

  /** Returns settings with a new writer id: 32 MiB and 16 batches a bucket in flight. */
  public static WriterSettings create() {
    return new WriterSettings(UUID.randomUUID(), OptionalInt.empty(), 32 * MIB, 16);
  }

  /** Returns these settings with another writer id. */
  public WriterSettings withWriterId(UUID id) {
    return new WriterSettings(id, bucket, maxInFlightBytes, maxInFlightBatches);
  }

  /** Returns these settings with all rows going to one bucket. */
  public WriterSettings withBucket(int newBucket) {
    return new WriterSettings(
        writerId, OptionalInt.of(newBucket), maxInFlightBytes, maxInFlightBatches);
  }

  /** Returns these settings with another bound of bytes in flight. */
  public WriterSettings withMaxInFlightBytes(long bytes) {
    return new WriterSettings(writerId, bucket, bytes, maxInFlightBatches);
  }

  /** Returns these settings with another bound of batches in flight. */
  public WriterSettings withMaxInFlightBatches(int batches) {
    return new WriterSettings(writerId, bucket, maxInFlightBytes, batches);
  }
}
