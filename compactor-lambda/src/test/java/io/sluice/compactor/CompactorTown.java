package io.sluice.compactor;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.write.RangeFrames;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;

/** A catalog, a lake in a folder, and a log in memory, with as many compactors as a test wants. */
public class CompactorTown implements AutoCloseable {

  static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");
  private static final Duration LIMIT = Duration.ofSeconds(2);
  static final Schema COLUMNS =
      new Schema(
          optional(1, "n", Types.LongType.get()), optional(2, "text", Types.StringType.get()));

  public final InMemoryMetadataStore metadata;
  final BufferAllocator allocator = new RootAllocator();
  final MemoryLog log = new MemoryLog(allocator);
  final LakeSettings lakeSettings;
  public final Lake lake;
  public final TableCatalog catalog;
  final BucketRecords records;
  volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Map<String, List<Long>> written = new HashMap<>();

  public CompactorTown(Path folder) throws Exception {
    this(LakeSettings.local(folder), new InMemoryMetadataStore());
  }

  private CompactorTown(LakeSettings settings, InMemoryMetadataStore store) throws Exception {
    this(settings, store, Lake.open(settings, store));
  }

  /** Opens a town whose lake is made by the caller. */
  CompactorTown(LakeSettings settings, InMemoryMetadataStore store, Lake lake) throws Exception {
    this.lakeSettings = settings;
    this.metadata = store;
    this.lake = lake;
    catalog = new TableCatalog(metadata, lake);
    records = new StoredBucketRecords(metadata);
    catalog.createDatabase("db", false);
  }

  public Table table(String name, int buckets) throws Exception {
    return table(name, Map.of("bucket.count", Integer.toString(buckets)));
  }

  Table table(String name, Map<String, String> options) throws Exception {
    return catalog.createTable(new TableName("db", name), COLUMNS, options, "", false);
  }

  /** Appends rows numbered on, as one sealed segment of entries of at most {@code entryRows}. */
  public void append(Table table, int bucket, int rows, int entryRows) throws Exception {
    List<Long> before =
        written.computeIfAbsent(table.name() + "/" + bucket, k -> new ArrayList<>());
    List<List<Record>> batches = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      if (row % entryRows == 0) {
        batches.add(new ArrayList<>());
      }
      long number = before.size();
      before.add(number);
      batches.get(batches.size() - 1).add(row(table, bucket, number));
    }
    log.append(records, table, bucket, batches);
  }

  /** Counts the rows of a table from 0 again: it was dropped, and is made anew. */
  void forget(Table table) {
    written.keySet().removeIf(bucket -> bucket.startsWith(table.name() + "/"));
  }

  private static Record row(Table table, int bucket, long number) {
    Record row = GenericRecord.create(table.rowSchema());
    row.setField("n", number);
    row.setField("text", bucket + ":" + number);
    return row;
  }

  public TableCompactor compactor(String worker) {
    return compactor(metadata, worker, PlanLimits.DEFAULT);
  }

  /** Returns a compactor that does all through {@code store}. */
  TableCompactor compactor(MetadataStore store, String worker, PlanLimits limits) {
    return compactor(store, worker, limits, log, allocator);
  }

  /** Returns a compactor of another log, with memory for rows of its own. */
  TableCompactor compactor(
      MetadataStore store,
      String worker,
      PlanLimits limits,
      RangeFrames frames,
      BufferAllocator memory) {
    Lake ownLake = Lake.open(lakeSettings, store);
    return compactor(store, worker, limits, frames, memory, ownLake::table);
  }

  /** Returns a compactor that finds its lake tables so. */
  TableCompactor compactor(String worker, Function<Table, LakeTable> lakeTables) {
    return compactor(metadata, worker, PlanLimits.DEFAULT, log, allocator, lakeTables);
  }

  private TableCompactor compactor(
      MetadataStore store,
      String worker,
      PlanLimits limits,
      RangeFrames frames,
      BufferAllocator memory,
      Function<Table, LakeTable> lakeTables) {
    return new TableCompactor(
        new StoredBucketRecords(store, LIMIT, Duration.ofMillis(20)),
        new StoredWorkRecords(store, LIMIT),
        new CompactionErrors(metadata),
        frames,
        lakeTables,
        memory,
        settings(worker, limits),
        (InstantSource) () -> now,
        UUID::randomUUID);
  }

  /** Returns a maintainer with the usual settings, on the system's clock. */
  public TableMaintainer maintainer(String worker) {
    return new TableMaintainer(
        metadata, records, lake::table, settings(worker), MaintenanceSettings.DEFAULT);
  }

  /** Returns settings without long pauses. */
  CompactorSettings settings(String worker) {
    return settings(worker, PlanLimits.DEFAULT);
  }

  static CompactorSettings settings(String worker, PlanLimits limits) {
    CompactorSettings usual = CompactorSettings.DEFAULT;
    return new CompactorSettings(
        worker,
        2,
        limits,
        usual.files(),
        usual.readBytes(),
        usual.claimFor(),
        usual.commitEvery(),
        Duration.ofMillis(100),
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        LIMIT);
  }

  /** Loses the ledger that was made {@code number}th, from 1. */
  public void loseLedger(long number) {
    log.lose(number);
  }

  Work work(Table table) throws Exception {
    return new StoredWorkRecords(metadata, Duration.ofSeconds(5))
        .load(table.id(), table.incarnation());
  }

  Progress progress(Table table) {
    return lake.table(table).load().progress();
  }

  BucketState bucket(Table table, int bucket) throws Exception {
    return records.load(new BucketId(table.id(), bucket)).get(5, TimeUnit.SECONDS);
  }

  public org.apache.iceberg.Table iceberg(Table table) {
    return lake.icebergCatalog()
        .loadTable(TableIdentifier.of(table.name().database(), table.name().table()));
  }

  /** Reads all rows of a lake table, as Iceberg's own reader sees them. */
  List<Record> lakeRows(Table table) throws Exception {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> files = iceberg(table).newScan().planFiles()) {
      for (FileScanTask file : files) {
        rows.addAll(lakeRows(table, file.file()));
      }
    }
    return rows;
  }

  /** Reads all rows of a file, deletes left aside, in their order. */
  List<Record> lakeRows(Table table, DataFile file) throws Exception {
    org.apache.iceberg.Table iceberg = iceberg(table);
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> found =
        Parquet.read(iceberg.io().newInputFile(file.location()))
            .project(iceberg.schema())
            .createReaderFunc(type -> GenericParquetReaders.buildReader(iceberg.schema(), type))
            .build()) {
      found.forEach(row -> rows.add(row.copy()));
    }
    return rows;
  }

  /** Checks that all that is sealed is in the lake, each row once, and the records know it. */
  public void assertLakeEqualsLog(Table table) throws Exception {
    Map<Integer, List<Long>> found = new HashMap<>();
    for (Record row : lakeRows(table)) {
      Integer bucket = (Integer) row.getField(SystemColumns.BUCKET);
      if (bucket != null) {
        Long offset = (Long) row.getField(SystemColumns.OFFSET);
        assertThat(row.getField("n")).isEqualTo(offset);
        assertThat(row.getField("text")).isEqualTo(bucket + ":" + offset);
        found.computeIfAbsent(bucket, b -> new ArrayList<>()).add(offset);
      }
    }
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      List<Long> expected = written.getOrDefault(table.name() + "/" + bucket, List.of());
      List<Long> offsets = found.getOrDefault(bucket, new ArrayList<>());
      offsets.sort(null);
      assertThat(offsets).as("bucket %s", bucket).isEqualTo(expected);
      assertThat(bucket(table, bucket).lakeOffsetFloor()).isEqualTo(expected.size());
      assertThat(progress(table).offset(bucket)).isEqualTo(expected.size());
    }
    assertThat(work(table).plans()).isEmpty();
  }

  @Override
  public void close() {
    log.close();
    lake.close();
    metadata.close();
    allocator.close();
  }
}
