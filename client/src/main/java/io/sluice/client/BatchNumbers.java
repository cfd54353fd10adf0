package io.sluice.client;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Numbers a writer's batches, bucket by bucket. One thread at a time. */
interface BatchNumbers {

  /**
   * A batch's name.
   *
   * @param writer the writer's id, or its epoch if it writes transactions
   * @param transaction the number of the transaction that it is part of; empty if it is of none
   * @param sequence its place in the transaction, or among all batches of the bucket, from 0
   */
  record BatchNumber(UUID writer, OptionalLong transaction, long sequence) {}

  /** Returns the number of a bucket's next batch, which has so many rows. */
  BatchNumber next(int bucket, int rows);

  /** Returns what counts the batches of each bucket from 0. */
  static BatchNumbers plain(UUID writer) {
    Map<Integer, Long> last = new HashMap<>();
    return (bucket, rows) ->
        new BatchNumber(
            writer, OptionalLong.empty(), last.merge(bucket, 0L, (before, zero) -> before + 1));
  }
}
