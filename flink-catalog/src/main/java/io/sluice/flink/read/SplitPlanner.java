package io.sluice.flink.read;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeFiles;
import io.sluice.flink.lake.PastTable;
import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what a batch query for all of a table reads. Blocks. */
final class SplitPlanner {

  private static final Logger LOG = LoggerFactory.getLogger(SplitPlanner.class);

  private final ScanSpec spec;

  SplitPlanner(ScanSpec spec) {
    this.spec = spec;
  }

  /** Cuts the table at this moment: the current snapshot's files, and what follows in the log. */
  List<SluiceSplit> files() throws IOException {
    try (SluiceClient client = spec.endpoint().connect()) {
      TableDescription now = client.describe(spec.name());
      TableDescription table = spec.described(now);
      PlannedColumns.check(spec, table);
      try (LakeCatalog lake = LakeCatalog.open(spec.endpoint(), now)) {
        // The order matters: what leaves the log between the two is in a later snapshot, not lost.
        LakeCatalog.View view = spec.version(lake.load());
        List<BucketWatermark> watermarks =
            spec.isLakeAlone() ? nothingBehind(view) : logs(client, now, view);
        Cut cut = cut(view, watermarks);
        Optional<List<SluiceSplit>> pushed =
            new PushedPlan(spec, table, view, cut, watermarks).splits();
        if (pushed.isPresent()) {
          LOG.info("Read of table {}: {} in {}", spec.name(), cut, pushed.get().size());
          return pushed.get();
        }
        List<SluiceSplit> splits = new ArrayList<>();
        for (List<String> tasks : plan(view, table)) {
          splits.add(new LakeSplit(splits.size(), tasks));
        }
        LogPruning pruning = new LogPruning(table.schema(), spec.filters());
        cut.buckets()
            .forEach(
                (bucket, plan) -> {
                  OffsetRange log = pruning.prune(bucket, plan.fromLog());
                  if (!log.isEmpty()) {
                    splits.add(logPart(table, bucket, log));
                  }
                });
        LOG.info("Read of table {}: {} in {} splits", spec.name(), cut, splits.size());
        return splits;
      }
    } catch (SluiceException e) {
      throw failure(e);
    }
  }

  private List<BucketWatermark> logs(
      SluiceClient client, TableDescription now, LakeCatalog.View view)
      throws SluiceException, IOException {
    List<BucketWatermark> logs = client.watermarks(spec.name());
    PastTable past = spec.past();
    if (past == null) {
      return logs;
    }
    // Rows of the same millisecond were there.
    long after = Math.addExact(Math.multiplyExact(past.epochMillis(), 1_000L), 1_000L);
    SortedMap<Integer, Long> ends = new RangePlanner(spec, true).at(client, now, after);
    List<BucketWatermark> then = new ArrayList<>();
    for (BucketWatermark log : logs) {
      long end =
          Math.max(view.progress().offset(log.bucket()), ends.getOrDefault(log.bucket(), 0L));
      then.add(new BucketWatermark(log.bucket(), Math.min(log.start(), end), end));
    }
    return then;
  }

  /** What a log without rows that the lake lacks would be. */
  private static List<BucketWatermark> nothingBehind(LakeCatalog.View view) {
    return view.progress().lakeOffsets().entrySet().stream()
        .map(end -> new BucketWatermark(end.getKey(), end.getValue(), end.getValue()))
        .toList();
  }

  private List<List<String>> plan(LakeCatalog.View view, TableDescription table)
      throws IOException {
    return LakeFiles.plan(
        view, table, spec.columns(), spec.filters(), spec.settings().splitBytes());
  }

  /**
   * Cuts a table.
   *
   * @param watermarks taken after the view was loaded
   * @throws IOException if offsets are in neither lake nor log
   */
  private Cut cut(LakeCatalog.View view, List<BucketWatermark> watermarks) throws IOException {
    try {
      return cut(view.snapshotId(), view.progress().lakeOffsets(), watermarks);
    } catch (IllegalStateException e) {
      throw new IOException(
          "table " + spec.name() + " lacks rows: " + e.getMessage() + "; tell its operator", e);
    }
  }

  /**
   * Cuts a table. A log that begins above the lake offset now, because it was trimmed after the
   * lake moved on, isn't a gap yet: whoever reads that range finds it in the newest snapshot, or
   * fails.
   */
  static Cut cut(
      long snapshotId, SortedMap<Integer, Long> lakeOffsets, List<BucketWatermark> watermarks) {
    SortedMap<Integer, OffsetRange> logs = new TreeMap<>();
    for (BucketWatermark log : watermarks) {
      long lakeOffset = lakeOffsets.getOrDefault(log.bucket(), 0L);
      long start = Math.min(log.start(), lakeOffset);
      logs.put(log.bucket(), new OffsetRange(start, log.watermark()));
    }
    return Cut.of(snapshotId, lakeOffsets, logs);
  }

  private static RangeSplit logPart(TableDescription table, int bucket, OffsetRange log) {
    return new RangeSplit(table.incarnation(), bucket, log.start(), log.end(), false);
  }

  private IOException failure(SluiceException e) {
    return new IOException("table " + spec.name() + " can't be read: " + e.getMessage(), e);
  }
}
