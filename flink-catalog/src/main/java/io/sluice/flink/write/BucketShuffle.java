package io.sluice.flink.write;

import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.table.data.RowData;

/**
 * Sends a row to a subtask that writes its bucket. All rows of a key go to one subtask, so that
 * their order is kept. With fewer subtasks than buckets each has some buckets; with more, a bucket
 * has some subtasks, among which its keys are divided.
 *
 * <p>The client decides again which bucket a row goes to. If the number of buckets was raised since
 * the job began, rows are still right, and only come from more subtasks than need be.
 */
final class BucketShuffle implements Partitioner<RowData> {

  private static final long serialVersionUID = 1L;

  private final KeyHash hash;
  private final int buckets;

  /**
   * @param buckets how many the table has, at least 1
   */
  BucketShuffle(KeyHash hash, int buckets) {
    if (buckets < 1) {
      throw new IllegalArgumentException("buckets must be >= 1: " + buckets);
    }
    this.hash = hash;
    this.buckets = buckets;
  }

  @Override
  public int partition(RowData row, int subtasks) {
    return subtask(hash.of(row), buckets, subtasks);
  }

  /**
   * Returns a subtask.
   *
   * @param hash of the row's key, at least 0; the bucket is its remainder
   */
  static int subtask(int hash, int buckets, int subtasks) {
    int bucket = hash % buckets;
    if (subtasks <= buckets) {
      return bucket % subtasks;
    }
    int writers = (subtasks - bucket + buckets - 1) / buckets;
    return bucket + hash / buckets % writers * buckets;
  }
}
