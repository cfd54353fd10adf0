package io.sluice.testing.append;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.LogTime;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bucket records that take their time, and are away or in doubt at random. */
final class FlakyBucketRecords implements BucketRecords {

  private final BucketRecords records;
  private final Random random;
  private final LogTime time;
  private double faults;

  FlakyBucketRecords(BucketRecords records, Random random, LogTime time, double faults) {
    this.records = records;
    this.random = random;
    this.time = time;
    this.faults = faults;
  }

  void faults(double share) {
    faults = share;
  }

  @Override
  public CompletableFuture<BucketState> load(BucketId bucket) {
    return records.load(bucket);
  }

  @Override
  public CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step) {
    CompletableFuture<BucketState> result = new CompletableFuture<>();
    double chance = random.nextDouble();
    later(
        () -> {
          if (chance < faults / 3) {
            later(() -> fail(result, Kind.UNAVAILABLE));
          } else if (chance < faults * 2 / 3) {
            later(() -> fail(result, Kind.UNKNOWN));
          } else {
            var unused =
                records
                    .update(bucket, step)
                    .whenComplete((state, e) -> later(() -> settle(result, state, e, chance)));
          }
        });
    return result;
  }

  private void settle(
      CompletableFuture<BucketState> result,
      @Nullable BucketState state,
      @Nullable Throwable failure,
      double chance) {
    if (chance < faults) {
      fail(result, Kind.UNKNOWN);
    } else if (state == null) {
      result.completeExceptionally(failure == null ? new IllegalStateException() : failure);
    } else {
      result.complete(state);
    }
  }

  private static void fail(CompletableFuture<BucketState> result, Kind kind) {
    result.completeExceptionally(new MetadataException(kind, "by design of this test"));
  }

  private void later(Runnable task) {
    time.after(Duration.ofNanos(1000 * (1 + random.nextLong(3_000))), task);
  }
}
