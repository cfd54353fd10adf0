package io.sluice.gateway.upkeep;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Retention;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Route;
import io.sluice.log.append.BucketLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets rows leave the log: of the buckets that are open here, and of those that belong here and
 * have something to let go, which are claimed for it. Blocks.
 */
public final class RetentionSweep {

  private final Ownership ownership;
  private final BucketRecords records;
  private final Clock clock;
  private final Duration limit;

  /**
   * @param limit the longest wait for one bucket
   */
  public RetentionSweep(Ownership ownership, BucketRecords records, Clock clock, Duration limit) {
    this.ownership = ownership;
    this.records = records;
    this.clock = clock;
    this.limit = limit;
  }

  /**
   * Sweeps a bucket of a table.
   *
   * @return the number of steps that were made
   * @throws Exception if a store can't be reached, or the bucket is being taken over
   */
  public int sweep(Table table, int bucket) throws Exception {
    Optional<BucketLog> open = ownership.open(table, bucket);
    if (open.isPresent()) {
      open.get().follow(table.options());
      return get(open.get().retain(table.options().logRetention()));
    }
    if (!ownership.isPlacedHere(table, bucket) || !isDue(table, bucket)) {
      return 0;
    }
    return get(ownership.route(table, bucket, true)) instanceof Route.Here here
        ? get(here.log().retain(table.options().logRetention()))
        : 0;
  }

  private boolean isDue(Table table, int bucket) throws Exception {
    BucketState state = get(records.load(new BucketId(table.id(), bucket)));
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    return Transactions.areDue(state, now)
        || Retention.next(
                state, table.options().logRetention(), table.options().writerExpiry(), now)
            .isPresent();
  }

  private <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
