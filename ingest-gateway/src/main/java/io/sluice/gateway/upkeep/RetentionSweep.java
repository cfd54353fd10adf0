package io.sluice.gateway.upkeep;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Retention;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Route;
import io.sluice.gateway.errors.Problem;
import io.sluice.log.append.BucketLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets rows leave the log: of the buckets that are open here, and of those that belong here and
 * have something to let go, which are claimed for it. Takes buckets over whose owner died and left
 * a segment open, for nobody else may ever ask for them. Blocks. One thread at a time.
 */
public final class RetentionSweep {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionSweep.class);

  /** The most at a time. */
  private static final int TAKEOVERS = 64;

  private final Ownership ownership;
  private final BucketRecords records;
  private final Clock clock;
  private final Duration limit;

  /** Those that are under way, or can't be made now: they are tried on, but not once more. */
  private final Map<BucketId, CompletableFuture<Route>> takeovers = new HashMap<>();

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
   * Sweeps a bucket of a table. A takeover goes on after this returns, and the next call sweeps the
   * bucket.
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
    if (!ownership.isPlacedHere(table, bucket)) {
      return 0;
    }
    BucketState state = get(records.load(new BucketId(table.id(), bucket)));
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    if (isDue(table, state, now)) {
      return get(ownership.route(table, bucket, true)) instanceof Route.Here here
          ? get(here.log().retain(table.options().logRetention()))
          : 0;
    }
    if (isOpenTooLong(table, state, now)) {
      takeOver(table, bucket);
    }
    return 0;
  }

  private static boolean isDue(Table table, BucketState state, long now) {
    return Transactions.areDue(state, now)
        || Retention.next(
                state, table.options().logRetention(), table.options().writerExpiry(), now)
            .isPresent();
  }

  /** A segment that its owner would have sealed by now, which it has no more: it isn't here. */
  private static boolean isOpenTooLong(Table table, BucketState state, long now) {
    long age = TimeUnit.MILLISECONDS.toMicros(table.options().segmentMaxAge().toMillis());
    return state.openSegment().filter(open -> open.openedAtMicros() + age <= now).isPresent();
  }

  /** Isn't waited for: bookies may be away, and other buckets' rows are to leave meanwhile. */
  private void takeOver(Table table, int bucket) {
    takeovers.values().removeIf(CompletableFuture::isDone);
    BucketId id = new BucketId(table.id(), bucket);
    if (takeovers.size() >= TAKEOVERS || takeovers.containsKey(id)) {
      return;
    }
    takeovers.put(
        id,
        ownership
            .route(table, bucket, true)
            .whenComplete(
                (route, failure) -> {
                  if (failure != null) {
                    LOG.warn(
                        "Table {}, bucket {}: rows that its last owner left in an open segment"
                            + " can't get to the lake yet: {}",
                        table.name(),
                        bucket,
                        Problem.unwrap(failure).toString());
                  }
                }));
  }

  private <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
