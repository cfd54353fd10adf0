package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far the lake is behind, for the metrics: from the bucket records, which say what was in the
 * lake a moment ago even while it is away, and from the buckets that are open here. Rows in open
 * segments of other gateways aren't counted here, but there: of several gateways the largest figure
 * is right. How long such a segment has been open counts here too: its gateway may be dead. Nothing
 * is claimed for it. Thread-safe; never blocks.
 */
public final class LakeLags {

  private static final long LEAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long BUCKETS_A_SECOND = 500;

  private final TableOperations operations;
  private final BucketLogs logs;
  private final LakeReports reports;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private long nextNanos;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /**
   * A table's lag.
   *
   * @param seconds age of the oldest row that isn't in the lake; 0 if there is none
   * @param failing whether its last compaction failed
   * @param maintenance how its maintenance went
   * @param overdueSeconds since when its maintenance should have been done; 0 if it needn't have
   *     been
   */
  public record TableLag(
      TableName table,
      LakeLag lag,
      double seconds,
      boolean failing,
      MaintenanceNote maintenance,
      double overdueSeconds) {}

  /** Who gets what was found, each time. */
  public interface Listener {

    /**
     * Takes what was found.
     *
     * @param tables all tables whose records could be read
     * @param purges what is still to be deleted of dropped tables
     */
    void lakeLags(List<TableLag> tables, PurgesStatus purges);
  }

  /**
   * @param listener gets what was found, each time
   * @param nanoTime as {@link System#nanoTime}
   */
  public LakeLags(
      TableOperations operations,
      BucketLogs logs,
      LakeReports reports,
      Listener listener,
      LongSupplier nanoTime) {
    this.operations = operations;
    this.logs = logs;
    this.reports = reports;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.nextNanos = nanoTime.getAsLong();
  }

  /**
   * Looks again, unless that was done in the last 15 s, or longer with more than 7,500 buckets.
   *
   * @return completes, never with a failure, once it is done; what can't be found out stays as it
   *     was
   */
  public synchronized CompletableFuture<Void> refresh() {
    if (!last.isDone() || nanoTime.getAsLong() - nextNanos < 0) {
      return last;
    }
    nextNanos = nanoTime.getAsLong() + LEAST_PAUSE_NANOS;
    last =
        operations
            .allTables(database -> true)
            .thenCompose(this::lags)
            .thenAcceptBoth(operations.purges(database -> true), listener::lakeLags)
            .exceptionally(failure -> null);
    return last;
  }

  private CompletableFuture<List<TableLag>> lags(List<Table> tables) {
    long buckets = tables.stream().mapToLong(Table::bucketCount).sum();
    pauseFor(TimeUnit.SECONDS.toNanos(buckets / BUCKETS_A_SECOND));
    return Futures.all(tables.stream().map(this::lag).toList())
        .thenApply(lags -> lags.stream().flatMap(Optional::stream).toList());
  }

  private synchronized void pauseFor(long nanos) {
    nextNanos = nanoTime.getAsLong() + Math.max(LEAST_PAUSE_NANOS, nanos);
  }

  /** Empty if the table is being dropped, or its records can't be read. */
  private CompletableFuture<Optional<TableLag>> lag(Table table) {
    return operations
        .buckets()
        .records(table)
        .thenCombine(
            reports.of(table), (records, report) -> Optional.of(lag(table, records, report)))
        .exceptionally(failure -> Optional.empty());
  }

  private TableLag lag(Table table, List<BucketState> records, LakeReports.Report report) {
    LakeLag lag = LakeLag.NONE;
    for (int bucket = 0; bucket < records.size(); bucket++) {
      long watermark =
          logs.find(new BucketId(table.id(), bucket)).map(BucketLog::watermark).orElse(-1L);
      lag = lag.plus(LakeLag.of(records.get(bucket), 0, watermark));
    }
    Instant now = Instant.now();
    MaintenanceNote maintenance = report.maintenance();
    return new TableLag(
        table.name(),
        lag,
        lag.seconds(ChronoUnit.MICROS.between(Instant.EPOCH, now)),
        report.error().isPresent(),
        maintenance,
        maintenance.overdue(table.createdAt(), now).toMillis() / 1e3);
  }
}
