package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.Truncation;
import io.sluice.catalog.lake.Truncation.Attempt;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.jspecify.annotations.Nullable;

/** Removes all rows of one table, once, after they have been flushed. */
final class TableTruncation {

  private static final int MOST_ATTEMPTS = 20;
  private static final long FIRST_PAUSE_MS = 20;
  private static final long LONGEST_PAUSE_MS = 1_000;
  private static final int MOST_BUCKETS_NAMED = 5;

  private final Table table;
  private final BucketOperations buckets;
  private final Tables tables;
  private final Workers workers;
  private final Truncation truncation;
  private int attempts;

  TableTruncation(
      Table table, Lake lake, BucketOperations buckets, Tables tables, Workers workers) {
    this.table = table;
    this.buckets = buckets;
    this.tables = tables;
    this.workers = workers;
    this.truncation = new Truncation(lake.table(table));
  }

  /**
   * Removes what the lake has.
   *
   * @param flush of the same table
   * @param deadlineNanos when no further attempt is begun; one is made in any case
   * @return fails with a {@link TimeoutException} if the flush wasn't done in time, and as
   *     UNAVAILABLE if others committed to the lake at each attempt, or the last one's outcome is
   *     unknown; the message says which
   */
  CompletableFuture<TruncateReport> after(
      CompletableFuture<FlushReport> flush, long deadlineNanos) {
    return flush
        .thenCompose(
            flushed ->
                flushed.inLake()
                    ? attempt(deadlineNanos)
                    : CompletableFuture.failedFuture(notInLake(flushed)))
        .exceptionallyCompose(this::explained);
  }

  private CompletableFuture<TruncateReport> attempt(long deadlineNanos) {
    attempts++;
    return buckets
        .records(table)
        .thenCompose(records -> workers.call(() -> truncation.attempt(floors(records))))
        .thenCompose(
            attempt -> {
              if (attempt instanceof Attempt.Done done) {
                return CompletableFuture.completedFuture(report(done));
              }
              if (attempts >= MOST_ATTEMPTS || System.nanoTime() - deadlineNanos >= 0) {
                return CompletableFuture.failedFuture(givenUp(((Attempt.Again) attempt).why()));
              }
              return CompletableFuture.supplyAsync(() -> deadlineNanos, afterPause())
                  .thenCompose(this::attempt);
            });
  }

  private Executor afterPause() {
    long pauseMs = Math.min(FIRST_PAUSE_MS << Math.min(attempts, 10), LONGEST_PAUSE_MS);
    return CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS, Runnable::run);
  }

  private SortedMap<Integer, Long> floors(List<BucketState> records) throws CatalogException {
    SortedMap<Integer, Long> floors = new TreeMap<>();
    for (BucketState record : records) {
      if (!record.incarnation().equals(table.incarnation())) {
        throw gone("another table of that name has taken its place");
      }
      floors.put(floors.size(), record.lakeOffsetFloor());
    }
    return floors;
  }

  private TruncateReport report(Attempt.Done done) {
    Progress below = done.below();
    SortedMap<Integer, Long> offsets = new TreeMap<>(below.lakeOffsets());
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      offsets.put(bucket, below.offset(bucket));
    }
    return new TruncateReport(offsets, done.removed());
  }

  private TimeoutException notInLake(FlushReport flushed) {
    String behind =
        flushed.buckets().stream()
            .filter(bucket -> bucket.lakeOffset() < bucket.watermark())
            .sorted(Comparator.comparingLong(b -> b.lakeOffset() - b.watermark()))
            .limit(MOST_BUCKETS_NAMED)
            .map(b -> "bucket " + b.bucket() + " at " + b.lakeOffset() + " of " + b.watermark())
            .collect(Collectors.joining(", "));
    return new TimeoutException(
        "nothing of "
            + table.name()
            + " was truncated: not all of its rows were in the lake in time ("
            + behind
            + "). Its status says whether compaction fails; else truncate it again with a longer"
            + " timeout");
  }

  private CatalogException givenUp(String why) {
    String attempted = attempts + (attempts == 1 ? " attempt" : " attempts");
    return new CatalogException(
        CatalogException.Reason.UNAVAILABLE,
        truncation.unsure()
            ? attempted + ", " + why
            : "nothing of %s was truncated, in %s; try again (%s)"
                .formatted(table.name(), attempted, why));
  }

  private CatalogException unsure(Throwable cause) {
    return new CatalogException(
        CatalogException.Reason.UNAVAILABLE,
        "it is unknown whether "
            + table.name()
            + " was truncated, or yet will be: read it, and truncate it again if it still has the"
            + " rows ("
            + Problem.of(cause).message()
            + ")",
        cause);
  }

  /** A table that was dropped meanwhile fails in many ways. */
  private CompletableFuture<TruncateReport> explained(Throwable failure) {
    Throwable cause = Problem.unwrap(failure);
    return tables
        .newest(table.name())
        .handle((found, missing) -> explained(cause, found, missing))
        .thenCompose(CompletableFuture::failedFuture);
  }

  private Throwable explained(Throwable cause, @Nullable Table found, @Nullable Throwable missing) {
    if (missing != null
        && Problem.unwrap(missing) instanceof CatalogException why
        && why.reason() == CatalogException.Reason.NOT_FOUND) {
      return why;
    }
    if (found != null && !found.id().equals(table.id())) {
      return gone("it was dropped, and another of that name was made");
    }
    if (truncation.unsure()) {
      return unsure(cause);
    }
    return cause instanceof NoSuchTableException
        ? new CatalogException(
            CatalogException.Reason.LAKE_HISTORY_LOST,
            "the lake table of " + table.name() + " is gone: restore it, or drop the table",
            cause)
        : cause;
  }

  private CatalogException gone(String why) {
    return new CatalogException(
        CatalogException.Reason.NOT_FOUND,
        "table " + table.name() + " went while it was truncated: " + why);
  }
}
