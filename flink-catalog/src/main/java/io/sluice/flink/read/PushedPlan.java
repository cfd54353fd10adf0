package io.sluice.flink.read;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.range.UnionPlan;
import io.sluice.client.BucketWatermark;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeTotals;
import io.sluice.flink.lake.SomeFiles;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Pushed;
import io.sluice.flink.pushdown.Totals;
import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import io.sluice.flink.read.SluiceSplit.TotalsSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The splits of a bounded query that needs less than all rows. */
final class PushedPlan {

  /** A limit above this spares next to nothing, and files are read in parts then. */
  private static final long MOST_LIMITED = 1_000_000;

  private final ScanSpec spec;
  private final TableDescription table;
  private final LakeCatalog.View view;
  private final Cut cut;
  private final List<BucketWatermark> logs;

  /**
   * @param logs what the log had when the table was cut
   */
  PushedPlan(
      ScanSpec spec,
      TableDescription table,
      LakeCatalog.View view,
      Cut cut,
      List<BucketWatermark> logs) {
    this.logs = List.copyOf(logs);
    this.spec = spec;
    this.table = table;
    this.view = view;
    this.cut = cut;
  }

  /** Returns the splits, or empty if all rows are needed. */
  Optional<List<SluiceSplit>> splits() throws IOException {
    Pushed pushed = spec.pushed();
    if (!spec.filters().isEmpty()) {
      return Optional.empty();
    }
    if (pushed.isAggregate()) {
      return Optional.of(totals(pushed.aggregates()));
    }
    return pushed.limit() <= MOST_LIMITED ? Optional.of(some(pushed.limit())) : Optional.empty();
  }

  /** What metadata doesn't tell, readers add up: each split becomes one row. */
  private List<SluiceSplit> totals(List<Aggregate> aggregates) throws IOException {
    Totals totals = new Totals(aggregates);
    List<SluiceSplit> splits = new ArrayList<>();
    for (List<String> tasks : LakeTotals.plan(view, table, spec.columns(), aggregates, totals)) {
      splits.add(new LakeSplit(splits.size(), tasks));
    }
    boolean rowsAlone =
        aggregates.stream().allMatch(one -> one.kind() == Aggregate.Kind.COUNT_ROWS);
    for (Map.Entry<Integer, UnionPlan> bucket : cut.buckets().entrySet()) {
      OffsetRange log = bucket.getValue().fromLog();
      if (rowsAlone && spec.past() == null && isInLog(bucket.getKey(), log)) {
        // Offsets are dense: each is a row, as long as it is in the log.
        for (int i = 0; i < aggregates.size(); i++) {
          totals.add(i, log.count());
        }
      } else if (!log.isEmpty()) {
        splits.add(logPart(bucket.getKey(), log));
      }
    }
    splits.add(0, new TotalsSplit(totals.text()));
    return splits;
  }

  /** What isn't in the log may be in a newer snapshot, or nowhere: only a reader finds out. */
  private boolean isInLog(int bucket, OffsetRange range) {
    return logs.stream().anyMatch(log -> log.bucket() == bucket && log.start() <= range.start());
  }

  private List<SluiceSplit> some(long limit) throws IOException {
    SomeFiles files = SomeFiles.plan(view, table, spec.columns(), limit);
    List<SluiceSplit> splits = new ArrayList<>();
    for (String task : files.tasks()) {
      splits.add(new LakeSplit(splits.size(), List.of(task)));
    }
    long left = Math.max(0, limit - files.rows());
    for (Map.Entry<Integer, UnionPlan> bucket : cut.buckets().entrySet()) {
      OffsetRange log = bucket.getValue().fromLog();
      // Those of the past may have left the log, and some of them the lake since.
      long rows = spec.past() == null ? Math.min(left, log.count()) : left > 0 ? log.count() : 0;
      if (rows > 0) {
        splits.add(logPart(bucket.getKey(), new OffsetRange(log.start(), log.start() + rows)));
        left -= rows;
      }
    }
    return splits;
  }

  private RangeSplit logPart(int bucket, OffsetRange log) {
    return new RangeSplit(table.incarnation(), bucket, log.start(), log.end(), false);
  }
}
