package io.sluice.client;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Numbers a writer's batches, bucket by bucket. One thread at a time. */
interface BatchNumbers {

  /**
   * A batch's name beside its writer's id.
   *
   * @param transaction the number of the transaction that it is part of; empty if it is of none
   * @param sequence its place in the transaction, or among all batches of the bucket, from 0
   */
  record BatchNumber(OptionalLong transaction, long sequence) {}

  /** Returns the number of a bucket's next batch, which has so many rows. */
  BatchNumber next(int bucket, int rows);

  /** Returns what counts the batches of each bucket from 0. */
  static BatchNumbers plain() {
    Map<Integer, Long> last = new HashMap<>();
    return (bucket, rows) ->
        new BatchNumber(OptionalLong.empty(), last.merge(bucket, 0L, (before, zero) -> before + 1));
  }
}
