package io.sluice.flink.read;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides where each bucket begins and ends. Blocks. */
final class RangePlanner {

  private static final Logger LOG = LoggerFactory.getLogger(RangePlanner.class);

  private final ScanSpec spec;
  private final boolean batch;

  /**
   * @param batch whether nobody waits for rows that aren't there yet
   */
  RangePlanner(ScanSpec spec, boolean batch) {
    this.spec = spec;
    this.batch = batch;
  }

  /** Decides for each bucket that there is now. */
  List<SluiceSplit> ranges() throws IOException {
    try (SluiceClient client = spec.endpoint().connect()) {
      TableDescription table = client.describe(spec.name());
      PlannedColumns.check(spec, table);
      List<BucketWatermark> logs = client.watermarks(spec.name());
      SortedMap<Integer, Long> starts = starts(client, table, logs);
      SortedMap<Integer, Long> ends = ends(client, table, logs);
      boolean lakeFirst = spec.startup().mode() == Startup.Mode.FULL;
      List<SluiceSplit> splits = new ArrayList<>();
      starts.forEach(
          (bucket, start) -> {
            // One that is empty is assigned too: readers and state know it, and it ends at once.
            long end = Math.max(start, ends.getOrDefault(bucket, Long.MAX_VALUE));
            splits.add(new RangeSplit(table.incarnation(), bucket, start, end, lakeFirst));
          });
      LOG.info("Read of table {} begins at offsets {} and ends at {}", spec.name(), starts, ends);
      return splits;
    } catch (IllegalArgumentException e) {
      throw new IOException("table " + spec.name() + ": " + e.getMessage(), e);
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
        starts.putAll(at(client, table, spec.startup().epochMicros()).tailMap(known));
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

  private SortedMap<Integer, Long> starts(
      SluiceClient client, TableDescription table, List<BucketWatermark> logs)
      throws SluiceException, IOException {
    SortedMap<Integer, Long> starts = new TreeMap<>();
    Startup startup = spec.startup();
    switch (startup.mode()) {
      case FULL -> logs.forEach(log -> starts.put(log.bucket(), 0L));
      case EARLIEST -> logs.forEach(log -> starts.put(log.bucket(), log.start()));
      case LATEST -> logs.forEach(log -> starts.put(log.bucket(), log.watermark()));
      case TIMESTAMP -> starts.putAll(at(client, table, startup.epochMicros()));
      case OFFSETS -> {
        BucketOffsets.requireAll(Startup.OFFSETS, startup.offsets(), table.bucketCount());
        requireVisible(Startup.OFFSETS, startup.offsets(), logs);
        starts.putAll(startup.offsets());
      }
    }
    return starts;
  }

  /** Returns where buckets end, those that don't left out. */
  private SortedMap<Integer, Long> ends(
      SluiceClient client, TableDescription table, List<BucketWatermark> logs)
      throws SluiceException, IOException {
    SortedMap<Integer, Long> ends = new TreeMap<>();
    Stop stop = spec.settings().stop();
    switch (stop.mode()) {
      case NEVER -> {
        if (batch) {
          logs.forEach(log -> ends.put(log.bucket(), log.watermark()));
        }
      }
      case LATEST -> logs.forEach(log -> ends.put(log.bucket(), log.watermark()));
      case TIMESTAMP -> ends.putAll(at(client, table, stop.epochMicros()));
      case OFFSETS -> {
        BucketOffsets.requireAll(Stop.OFFSETS, stop.offsets(), table.bucketCount());
        if (batch) {
          requireVisible(Stop.OFFSETS, stop.offsets(), logs);
        }
        ends.putAll(stop.offsets());
      }
    }
    return ends;
  }

  private static void requireVisible(
      String option, Map<Integer, Long> offsets, List<BucketWatermark> logs) {
    for (BucketWatermark log : logs) {
      long offset = offsets.getOrDefault(log.bucket(), 0L);
      if (offset > log.watermark()) {
        throw new IllegalArgumentException(
            "%s has offset %d for bucket %d, whose rows end at %d so far"
                .formatted(option, offset, log.bucket(), log.watermark()));
      }
    }
  }

  /** Returns the first offset of each bucket whose row was appended at a time or later. */
  SortedMap<Integer, Long> at(SluiceClient client, TableDescription table, long micros)
      throws SluiceException, IOException {
    return new TimeOffsets() {
      @Override
      public SortedMap<Integer, Long> inLog() throws SluiceException {
        return client.offsetsAt(spec.name(), EpochMicros.instant(micros));
      }

      @Override
      public List<BucketWatermark> logs() throws SluiceException {
        return client.watermarks(spec.name());
      }

      @Override
      public long inLake(BucketWatermark log) throws IOException {
        return firstInLake(table, log, micros);
      }
    }.find();
  }

  private long firstInLake(TableDescription table, BucketWatermark log, long micros)
      throws IOException {
    try (LakeCatalog lake = LakeCatalog.open(spec.endpoint(), table)) {
      return TimeSearch.firstAt(lake, log.bucket(), new OffsetRange(0, log.start()), micros);
    }
  }

  private IOException failure(SluiceException e) {
    return new IOException("table " + spec.name() + " can't be read: " + e.getMessage(), e);
  }
}
