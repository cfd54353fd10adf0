package io.sluice.flink.write;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * Where an INSERT goes, and how.
 *
 * @param endpoint where
 * @param database of the table
 * @param table its name
 * @param rowType its columns, by name
 * @param linger how long a row may wait for others
 * @param commitTimeout with exactly-once, how long a commit is tried, at least 1 min
 * @param transactionTimeout with exactly-once, how long the table keeps a transaction that isn't
 *     committed; null if rows are appended at least once
 * @param shuffle how rows get to subtasks; null if as they come
 */
public record SinkSpec(
    Endpoint endpoint,
    String database,
    String table,
    RowType rowType,
    Duration linger,
    Duration commitTimeout,
    @Nullable Duration transactionTimeout,
    @Nullable BucketShuffle shuffle)
    implements Serializable {

  /** As long as a cluster needs to get over the loss of a gateway, many times over. */
  public static final Duration DEFAULT_COMMIT_TIMEOUT = Duration.ofMinutes(5);

  private static final Duration MIN_COMMIT_TIMEOUT = Duration.ofMinutes(1);

  public SinkSpec {
    if (linger.isNegative()) {
      throw new IllegalArgumentException("sink.linger must be >= 0: " + linger);
    }
    if (commitTimeout.compareTo(MIN_COMMIT_TIMEOUT) < 0) {
      throw new IllegalArgumentException(
          "sink.commit-timeout must be at least 1 min: " + commitTimeout);
    }
  }

  /** Returns the INSERT into a table, at least once, of rows as they come. */
  public static SinkSpec of(Endpoint endpoint, TableName name, RowType type, Duration linger) {
    return new SinkSpec(
        endpoint, name.database(), name.table(), type, linger, DEFAULT_COMMIT_TIMEOUT, null, null);
  }

  /** Returns the table's name. */
  public TableName name() {
    return new TableName(database, table);
  }

  /** Returns whether each row is visible exactly once, whatever fails. */
  public boolean exactlyOnce() {
    return transactionTimeout != null;
  }

  /**
   * Returns this INSERT with rows that are visible exactly once.
   *
   * @param timeout the table's {@code transaction.timeout}
   */
  public SinkSpec exactlyOnce(Duration timeout) {
    return new SinkSpec(
        endpoint, database, table, rowType, linger, commitTimeout, timeout, shuffle);
  }

  /** Returns this INSERT with another time that commits are tried for. */
  public SinkSpec withCommitTimeout(Duration timeout) {
    return new SinkSpec(
        endpoint, database, table, rowType, linger, timeout, transactionTimeout, shuffle);
  }

  /**
   * Returns this INSERT with rows that are shuffled by the hash of their bucket key.
   *
   * @param key the table's {@code bucket.key}, one column
   * @param buckets how many buckets the table has
   * @throws IllegalArgumentException if the key is none of the columns
   */
  public SinkSpec shuffledBy(String key, int buckets) {
    BucketShuffle byBucket = new BucketShuffle(KeyHash.of(rowType, key), buckets);
    return new SinkSpec(
        endpoint, database, table, rowType, linger, commitTimeout, transactionTimeout, byBucket);
  }
}
