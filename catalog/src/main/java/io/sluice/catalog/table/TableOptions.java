package io.sluice.catalog.table;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a table behaves; {@link #docs} says what each option does.
 *
 * @param bucketCount 1 to 1,024
 * @param bucketKey columns whose hash picks the bucket; empty if the writer picks
 * @param segmentBytes size at which a segment is sealed, 1 MiB to 8 GiB
 * @param segmentMaxAge age at which a segment is sealed, 1 s to 1 d
 * @param logRetention how long rows stay in the log once the lake has them, 0 s or more
 * @param logCompression how rows are compressed in the log
 * @param logColumns how the columns of large batches are stored in the log
 * @param writerExpiry how long an idle writer's sequence is remembered, 1 min or more
 * @param transactionTimeout how long a transaction may stay uncommitted, 1 min or more
 * @param transactionRetention how long committed transactions are remembered, 1 h or more
 * @param unknownColumns what happens to a row with a column that the table doesn't have
 * @param invalidRows what happens to a row that can't be stored
 * @param quota how fast the table takes rows
 * @param lakeSnapshotRetention how long the lake's snapshots are kept, 1 min or more
 * @param lakeRetention how long rows stay in the lake, 1 h or more; empty for ever
 * @param lakeReadFreshness how old rows may be that a load by an Iceberg engine misses, 0 s or
 *     more; empty if such a load takes the lake as it is
 * @param lakePartitioning how the lake table is partitioned
 * @param formatVersion Iceberg's format version, 2 or 3
 * @param engine what an engine keeps with the table for itself
 */
public record TableOptions(
    int bucketCount,
    List<String> bucketKey,
    long segmentBytes,
    Duration segmentMaxAge,
    Duration logRetention,
    LogCompression logCompression,
    LogColumns logColumns,
    Duration writerExpiry,
    Duration transactionTimeout,
    Duration transactionRetention,
    UnknownColumns unknownColumns,
    InvalidRows invalidRows,
    Quota quota,
    Duration lakeSnapshotRetention,
    Optional<Duration> lakeRetention,
    Optional<Duration> lakeReadFreshness,
    LakePartitioning lakePartitioning,
    int formatVersion,
    EngineOptions engine) {

  /** The most buckets a table may have. */
  public static final int MAX_BUCKETS = 1_024;

  /** How rows are compressed in the log, and on the way to who reads whole columns. */
  public enum LogCompression {
    /** Not at all. */
    NONE,
    /** LZ4: fast, and smaller. */
    LZ4,
    /** Zstandard: smallest, and slower. */
    ZSTD
  }

  /** How the columns of large batches are stored in the log. */
  public enum LogColumns {
    /** In one piece, which is read whole. */
    TOGETHER,
    /** In pieces of a few columns each, of which those are read that somebody wants. */
    APART
  }

  /** What happens to a row with a column that the table doesn't have. */
  public enum UnknownColumns {
    /** The row is refused. */
    REJECT,
    /** The column is left out. */
    IGNORE
  }

  /** What happens to a row that can't be stored. */
  public enum InvalidRows {
    /** The whole request is refused. */
    REJECT,
    /** It goes to the table's dead letters, and the request's other rows are stored. */
    DEAD_LETTER
  }

  /** The options of a table that was made without any. */
  public static final TableOptions DEFAULT = OptionParser.parse(Map.of());

  public TableOptions {
    bucketKey = List.copyOf(bucketKey);
    requireBetween("bucket.count", bucketCount, 1, MAX_BUCKETS);
    if (bucketKey.size() > 1) {
      throw new IllegalArgumentException(
          "bucket.key takes one column for now, not " + bucketKey.size() + ": " + bucketKey);
    }
    requireBetween("segment.bytes", segmentBytes, 1L << 20, 8L << 30);
    requireBetween("segment.max-age", segmentMaxAge, Duration.ofSeconds(1), Duration.ofDays(1));
    Duration ever = Duration.ofDays(36_500);
    requireBetween("log.retention", logRetention, Duration.ZERO, ever);
    requireBetween("writer.expiry", writerExpiry, Duration.ofMinutes(1), ever);
    requireBetween("transaction.timeout", transactionTimeout, Duration.ofMinutes(1), ever);
    requireBetween("transaction.retention", transactionRetention, Duration.ofHours(1), ever);
    requireBetween("lake.snapshot-retention", lakeSnapshotRetention, Duration.ofMinutes(1), ever);
    if (lakeReadFreshness.isPresent()) {
      requireBetween("lake.read-freshness", lakeReadFreshness.get(), Duration.ZERO, ever);
    }
    if (lakeRetention.isPresent()) {
      requireBetween("lake.retention", lakeRetention.get(), Duration.ofHours(1), ever);
    }
    requireBetween("format-version", formatVersion, 2, 3);
  }

  /**
   * Parses options; those that are missing have their default.
   *
   * @throws IllegalArgumentException if one is unknown or its value is invalid; the message names
   *     it and says what is valid
   */
  public static TableOptions parse(Map<String, String> options) {
    return OptionParser.parse(options);
  }

  /** Returns what the documentation says of each option, in order. */
  public static List<OptionDoc> docs() {
    return OptionParser.docs();
  }

  /** Returns all options as text that {@link #parse} reads back, defaults included. */
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    OptionParser.OPTIONS.forEach(option -> map.put(option.key(), option.text().apply(this)));
    map.values().removeIf(String::isEmpty);
    map.putAll(engine.values());
    return map;
  }

  private static void requireBetween(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + " must be between " + least + " and " + most + ": " + value);
    }
  }

  private static void requireBetween(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          key
              + " must be between "
              + Quantities.format(least)
              + " and "
              + Quantities.format(most)
              + ": "
              + Quantities.format(value));
    }
  }
}
