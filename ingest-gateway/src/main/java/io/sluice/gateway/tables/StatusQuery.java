package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.tables.BucketOperations.Some;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Finds out how a table is: from its buckets' owners and records, the lake and the compactors. */
final class StatusQuery {

  private final BucketOperations buckets;
  private final Lake lake;
  private final LakeReports reports;
  private final Workers workers;

  StatusQuery(BucketOperations buckets, Lake lake, LakeReports reports, Workers workers) {
    this.buckets = buckets;
    this.lake = lake;
    this.reports = reports;
    this.workers = workers;
  }

  /** What was found of a table. */
  private record Found(
      Table table,
      List<BucketWatermark> watermarks,
      List<BucketState> records,
      LakeReports.Report report) {}

  /** Returns a table's status; fails if its buckets or their records can't be reached. */
  CompletableFuture<TableStatus> of(Table table) {
    CompletableFuture<List<BucketWatermark>> watermarks = buckets.watermarks(Some.all(table));
    return watermarks
        .thenCompose(
            known ->
                buckets
                    .records(table)
                    .thenCombine(
                        reports.of(table),
                        (records, report) -> new Found(table, known, records, report)))
        .thenCompose(found -> workers.call(() -> status(found)));
  }

  private TableStatus status(Found found) {
    Table table = found.table();
    @Nullable String lastError =
        found.report().error().map(error -> error.message() + " (" + error.at() + ")").orElse(null);
    Progress progress = Progress.none(table.incarnation());
    try {
      progress = lake.table(table).load().progress();
    } catch (RuntimeException e) {
      // The records know what was in the lake a moment ago, which matters most while it is away.
      lastError = "the lake can't be read: " + Flush.reason(e);
    }
    long rows = 0;
    LakeLag lag = LakeLag.NONE;
    for (BucketWatermark one : found.watermarks()) {
      int bucket = one.bucket();
      rows += OffsetGap.rowsBelow(one.watermark());
      lag =
          lag.plus(
              LakeLag.of(found.records().get(bucket), progress.offset(bucket), one.watermark()));
    }
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    return new TableStatus(
        table.name(),
        Optional.of(
            new TableStatus.Figures(table.bucketCount(), rows, lag, lag.seconds(nowMicros))),
        lastError,
        found.report().maintenance());
  }
}
