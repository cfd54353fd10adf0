package io.sluice.gateway.append;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.RowBatch;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How many buckets, as far as the owner of a bucket has heard, a table has at least: first what the
 * metadata store said once the bucket was open here, then what it was asked with. Who picked a
 * bucket knowing less is refused. Thread-safe; never blocks.
 */
final class KnownCounts {

  private final Map<BucketLog, CompletableFuture<Known>> known =
      Collections.synchronizedMap(new WeakHashMap<>());
  private final Function<TableName, CompletableFuture<Table>> newest;

  /**
   * @param newest loads a table as it is now
   */
  KnownCounts(Function<TableName, CompletableFuture<Table>> newest) {
    this.newest = newest;
  }

  /** Returns what is known at the owner of a bucket, which {@code log} is. */
  CompletableFuture<Known> of(Table table, BucketLog log) {
    CompletableFuture<Known> found =
        known.computeIfAbsent(
            log,
            // Asked only now that nobody else can own the bucket: who does later asks again.
            any -> newest.apply(table.name()).thenApply(now -> new Known(now.bucketCount())));
    if (found.isCompletedExceptionally()) {
      known.remove(log, found);
    }
    return found;
  }

  /** Of one bucket, while it is open. */
  static final class Known {

    private int count;

    Known(int count) {
      this.count = count;
    }

    /**
     * Hears of a number of buckets. What is appended with a smaller one was so before, or never.
     */
    synchronized void atLeast(int buckets) {
      count = Math.max(count, buckets);
    }

    /**
     * Appends, unless it is known that there are more buckets.
     *
     * @param buckets how many there are, by who picked this one
     * @param batch released if it is refused
     */
    synchronized CompletableFuture<Appended> append(
        Table table, int buckets, RowBatch batch, Supplier<CompletableFuture<Appended>> append) {
      if (buckets >= count) {
        return append.get();
      }
      batch.release();
      return CompletableFuture.failedFuture(
          new ProblemException(
              Problem.moved(
                  "table %s has %d buckets now, not %d: of these rows nothing was stored; send the same again"
                      .formatted(table.name(), count, buckets))));
    }
  }
}
