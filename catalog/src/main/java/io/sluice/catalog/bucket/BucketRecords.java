package io.sluice.catalog.bucket;

import io.sluice.catalog.table.BucketId;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Loads and changes bucket records. Thread-safe. */
public interface BucketRecords {

  /**
   * Loads a record as it is now, not as it was.
   *
   * @return fails with a {@code MetadataException}: MISSING if there is no such bucket (its table
   *     was dropped), UNAVAILABLE if the store can't be reached
   */
  CompletableFuture<BucketState> load(BucketId bucket);

  /**
   * Applies {@code step} exactly once, whoever else changes the record meanwhile. The step may be
   * called several times, each time with a newer record; only one of its results is stored. One
   * that returns its argument or an equal record changes nothing.
   *
   * @return the very record that this step made, even if others have changed it since; fails with
   *     what the step threw, having changed nothing; with a {@link RecordTooLargeException}, having
   *     changed nothing, if the record would get too large; with a {@code MetadataException}:
   *     MISSING or UNAVAILABLE, having changed nothing, or UNKNOWN if it can't be told within the
   *     time limit whether the step was applied: load before doing anything else
   */
  CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step);
}
