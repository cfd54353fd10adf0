package io.sluice.log.append;

import io.sluice.log.segment.Replication;
import java.time.Duration;

/**
 * How the log behaves in this process.
 *
 * @param replication how often an entry is stored
 * @param maxEntryBytes largest entry, and largest frame with its header, 64 KiB to 4 MiB
 * @param maxAddsInFlight most entries of one bucket in flight, 1 to 256
 * @param maxInFlightBytes most bytes of one bucket's rows that were taken but aren't durable, at
 *     least {@code maxEntryBytes}
 * @param tailBytes most bytes of one bucket's newest rows that are kept in memory for those who
 *     have yet to read them
 * @param totalTailBytes most bytes of the newest rows of all buckets together, but for what is just
 *     being read; the buckets that were quiet longest give theirs back first
 * @param addTimeout how long an add may take before its outcome counts as unknown
 * @param retryPause pause before a failed call to the ledger store or the metadata is made again
 * @param writerBytes most bytes of a bucket's writer window; the writers that were idle longest are
 *     forgotten first; at most {@code maxEntryBytes - 1024}
 * @param resultsPerWriter how many of a writer's last batches can be answered again, 1 to 1,024; a
 *     writer may have as many in flight
 */
public record LogSettings(
    Replication replication,
    int maxEntryBytes,
    int maxAddsInFlight,
    long maxInFlightBytes,
    long tailBytes,
    long totalTailBytes,
    Duration addTimeout,
    Duration retryPause,
    int writerBytes,
    int resultsPerWriter) {

  /** Standalone: one copy. */
  public static final LogSettings DEFAULT =
      new LogSettings(
          Replication.STANDALONE,
          1 << 20,
          16,
          32L << 20,
          16L << 20,
          128L << 20,
          Duration.ofSeconds(10),
          Duration.ofMillis(200),
          512 << 10,
          64);

  public LogSettings {
    requireBetween("maxEntryBytes", maxEntryBytes, 64 << 10, 4 << 20);
    requireBetween("maxAddsInFlight", maxAddsInFlight, 1, 256);
    requireBetween("maxInFlightBytes", maxInFlightBytes, maxEntryBytes, Long.MAX_VALUE);
    requireBetween("tailBytes", tailBytes, 0, Long.MAX_VALUE);
    requireBetween("totalTailBytes", totalTailBytes, 0, Long.MAX_VALUE);
    requireBetween("addTimeout in ms", addTimeout.toMillis(), 1, 3_600_000);
    requireBetween("retryPause in ms", retryPause.toMillis(), 1, 60_000);
    requireBetween("writerBytes", writerBytes, 1 << 10, maxEntryBytes - 1024);
    requireBetween("resultsPerWriter", resultsPerWriter, 1, 1_024);
  }

  /** Returns these settings with another replication. */
  public LogSettings with(Replication other) {
    return new LogSettings(
        other,
        maxEntryBytes,
        maxAddsInFlight,
        maxInFlightBytes,
        tailBytes,
        totalTailBytes,
        addTimeout,
        retryPause,
        writerBytes,
        resultsPerWriter);
  }

  /** Returns these settings with nothing kept in memory for subscribers. */
  LogSettings withoutTail() {
    return new LogSettings(
        replication,
        maxEntryBytes,
        maxAddsInFlight,
        maxInFlightBytes,
        0,
        totalTailBytes,
        addTimeout,
        retryPause,
        writerBytes,
        resultsPerWriter);
  }

  private static void requireBetween(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + ": " + value);
    }
  }
}
