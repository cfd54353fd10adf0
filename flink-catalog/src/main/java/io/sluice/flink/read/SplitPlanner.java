package io.sluice.flink.read;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.range.UnionPlan;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeFiles;
import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what there is to read. Blocks. */
final class SplitPlanner {

  private static final Logger LOG = LoggerFactory.getLogger(SplitPlanner.class);

  private final ScanSpec spec;

  SplitPlanner(ScanSpec spec) {
    this.spec = spec;
  }

  /** Cuts the table at this moment: the current snapshot's files, and what follows in the log. */
  List<SluiceSplit> bounded() throws IOException {
    try (SluiceClient client = spec.endpoint().connect()) {
      TableDescription table = client.describe(spec.name());
      PlannedColumns.check(spec, table);
      try (LakeCatalog lake = LakeCatalog.open(spec.endpoint(), table)) {
        // The order matters: what leaves the log between the two is in a later snapshot, not lost.
        LakeCatalog.View view = lake.load();
        List<BucketWatermark> watermarks = client.watermarks(spec.name());
        Cut cut = cut(view, watermarks);
        List<SluiceSplit> splits = new ArrayList<>();
        for (List<String> tasks : LakeFiles.plan(view, table, spec.columns(), spec.filters())) {
          splits.add(new LakeSplit(splits.size(), tasks));
        }
        cut.buckets()
            .forEach(
                (bucket, plan) -> {
                  if (!plan.fromLog().isEmpty()) {
                    splits.add(logPart(table, bucket, plan));
                  }
                });
        LOG.info("Read of table {}: {} in {} splits", spec.name(), cut, splits.size());
        return splits;
      }
    } catch (SluiceException e) {
      throw failure(e);
    }
  }

  /** Decides where each bucket begins; it never ends. */
  List<SluiceSplit> unbounded() throws IOException {
    try (SluiceClient client = spec.endpoint().connect()) {
      TableDescription table = client.describe(spec.name());
      PlannedColumns.check(spec, table);
      SortedMap<Integer, Long> starts = starts(client, table);
      boolean lakeFirst = spec.startup().mode() == Startup.Mode.FULL;
      List<SluiceSplit> splits = new ArrayList<>();
      starts.forEach(
          (bucket, offset) ->
              splits.add(
                  new RangeSplit(table.incarnation(), bucket, offset, Long.MAX_VALUE, lakeFirst)));
      LOG.info("Read of table {} begins at offsets {}", spec.name(), starts);
      return splits;
    } catch (SluiceException e) {
      throw failure(e);
    }
  }

  /**
   * Decides where buckets begin that the table got since it had {@code known}: with their first
   * row, which is later than the read, unless it begins at a time.
   *
   * @return empty if there are none, or nothing was decided on before
   */
  List<SluiceSplit> added(int known) throws IOException {
    if (known == 0) {
      return List.of();
    }
    try (SluiceClient client = spec.endpoint().connect()) {
      TableDescription table = client.describe(spec.name());
      SortedMap<Integer, Long> starts = new TreeMap<>();
      for (int bucket = known; bucket < table.bucketCount(); bucket++) {
        starts.put(bucket, 0L);
      }
      if (starts.isEmpty()) {
        return List.of();
      }
      if (spec.startup().mode() == Startup.Mode.TIMESTAMP) {
        starts.putAll(starts(client, table).tailMap(known));
      }
      List<SluiceSplit> splits = new ArrayList<>();
      starts.forEach(
          (bucket, offset) ->
              splits.add(
                  new RangeSplit(table.incarnation(), bucket, offset, Long.MAX_VALUE, true)));
      LOG.info("Read of table {} goes on in its new buckets too: {}", spec.name(), starts);
      return splits;
    } catch (SluiceException e) {
      throw failure(e);
    }
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

  private static RangeSplit logPart(TableDescription table, int bucket, UnionPlan plan) {
    OffsetRange log = plan.fromLog();
    return new RangeSplit(table.incarnation(), bucket, log.start(), log.end(), false);
  }

  private SortedMap<Integer, Long> starts(SluiceClient client, TableDescription table)
      throws SluiceException, IOException {
    SortedMap<Integer, Long> starts = new TreeMap<>();
    List<BucketWatermark> logs = client.watermarks(spec.name());
    switch (spec.startup().mode()) {
      case FULL -> logs.forEach(log -> starts.put(log.bucket(), 0L));
      case EARLIEST -> logs.forEach(log -> starts.put(log.bucket(), log.start()));
      case LATEST -> logs.forEach(log -> starts.put(log.bucket(), log.watermark()));
      case TIMESTAMP -> {
        starts.putAll(client.offsetsAt(spec.name(), spec.startup().time()));
        for (BucketWatermark log : logs) {
          // If even the log's first row is late enough, the first such row may be in the lake.
          if (log.start() > 0 && starts.getOrDefault(log.bucket(), 0L) <= log.start()) {
            long inLake = firstInLake(table, log.bucket(), log.start());
            starts.merge(log.bucket(), inLake, Math::min);
          }
        }
      }
    }
    return starts;
  }

  private long firstInLake(TableDescription table, int bucket, long logStart) throws IOException {
    try (LakeCatalog lake = LakeCatalog.open(spec.endpoint(), table)) {
      return TimeSearch.firstAt(
          lake, bucket, new OffsetRange(0, logStart), spec.startup().epochMicros());
    }
  }

  private IOException failure(SluiceException e) {
    return new IOException("table " + spec.name() + " can't be read: " + e.getMessage(), e);
  }
}
