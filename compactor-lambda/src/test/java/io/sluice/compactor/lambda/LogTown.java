package io.sluice.compactor.lambda;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.write.ArrowRows;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.RowBatch;
import io.sluice.log.append.SealListener;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** A log in a real bookie, and a lake: what the function's process works at. */
final class LogTown implements AutoCloseable {

  private static final Schema COLUMNS =
      new Schema(optional(1, "n", Types.LongType.get()), optional(2, "s", Types.StringType.get()));

  private final EmbeddedBookies bookies;
  private final String root;
  private final LakeSettings settings;
  private final ZooKeeperMetadataStore metadata;
  private final BookKeeperSegmentStore segments;
  private final Lake lake;
  private final TableCatalog catalog;
  private final BucketLogs logs;
  private final BufferAllocator allocator = new RootAllocator();
  private final Map<TableName, Map<Integer, Long>> written = new HashMap<>();

  LogTown(EmbeddedBookies bookies, LakeSettings settings, SealListener seals) throws Exception {
    this.bookies = bookies;
    this.settings = settings;
    root = bookies.newRoot();
    metadata = bookies.newMetadataStore(root);
    segments = bookies.newSegmentStore();
    lake = Lake.open(settings, metadata);
    catalog = new TableCatalog(metadata, lake);
    catalog.createDatabase("db", true);
    logs =
        new BucketLogs(
            "gateway",
            LogSettings.DEFAULT,
            segments,
            new StoredBucketRecords(metadata),
            seals,
            LogThreads.start(InstantSource.system()));
  }

  /** Returns the environment that brings a function here. */
  Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>();
    variables.put(LambdaEnvironment.ZOOKEEPER, bookies.zooKeeper());
    variables.put(LambdaEnvironment.CHROOT, root);
    variables.put(LambdaEnvironment.LEDGERS, bookies.metadataUri());
    variables.put(LambdaEnvironment.WAREHOUSE, settings.warehouse());
    variables.put("JAVA_TOOL_OPTIONS", "-Xmx512m");
    settings
        .catalogProperties()
        .forEach((key, value) -> variables.put(CatalogVariables.name(key), value));
    return variables;
  }

  Table table(String name, int buckets) throws Exception {
    return catalog.createTable(
        new TableName("db", name), COLUMNS, Map.of("bucket.count", "" + buckets), "", false);
  }

  /** Loads a table of this town. */
  Table load(String name) throws Exception {
    return catalog.load(new TableName("db", name));
  }

  /** Appends rows to a bucket, as one batch; they are sealed by {@link #seal}. */
  void append(Table table, int bucket, int count) throws Exception {
    Map<Integer, Long> offsets = written.computeIfAbsent(table.name(), n -> new TreeMap<>());
    long from = offsets.getOrDefault(bucket, 0L);
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Record row = GenericRecord.create(table.rowSchema());
      row.setField("n", from + i);
      row.setField("s", "x".repeat((int) ((from + i) % 50)));
      rows.add(row);
    }
    var log = logs.open(table, bucket).get(60, TimeUnit.SECONDS);
    try (VectorSchemaRoot vectors = ArrowRows.root(allocator, table.schema(), rows)) {
      assertThat(log.append(encoded(table, vectors)).get(60, TimeUnit.SECONDS).offset())
          .isEqualTo(from);
    }
    offsets.put(bucket, from + count);
  }

  /** Encodes rows for one append, which takes the batch over. */
  private static RowBatch encoded(Table table, VectorSchemaRoot rows) throws Exception {
    return new RowBatch(
        table.schemaId(), null, new FrameEncoder(LogSettings.DEFAULT.maxEntryBytes()).encode(rows));
  }

  /**
   * Appends many rows of random text to bucket 0, which {@link #lakeRows} counts and nothing else
   * does.
   *
   * @param rowBytes size of a row's text, a multiple of 16
   */
  void appendRandom(Table table, int batches, int batchRows, int rowBytes) throws Exception {
    Random random = new Random(batches);
    var log = logs.open(table, 0).get(60, TimeUnit.SECONDS);
    for (int i = 0; i < batches; i++) {
      List<Record> rows = new ArrayList<>();
      for (int j = 0; j < batchRows; j++) {
        StringBuilder text = new StringBuilder();
        while (text.length() < rowBytes) {
          text.append(HexFormat.of().toHexDigits(random.nextLong()));
        }
        Record row = GenericRecord.create(table.rowSchema());
        row.setField("n", random.nextLong());
        row.setField("s", text.toString());
        rows.add(row);
      }
      try (VectorSchemaRoot vectors = ArrowRows.root(allocator, table.schema(), rows)) {
        var unused = log.append(encoded(table, vectors)).get(60, TimeUnit.SECONDS);
      }
    }
  }

  void seal(Table table) throws Exception {
    logs.sealAll(table.id()).get(600, TimeUnit.SECONDS);
  }

  org.apache.iceberg.Table iceberg(Table table) {
    return lake.icebergCatalog()
        .loadTable(TableIdentifier.of(table.name().database(), table.name().table()));
  }

  /** Returns how many rows the lake has. */
  long lakeRows(Table table) {
    var snapshot = iceberg(table).currentSnapshot();
    return snapshot == null ? 0 : Long.parseLong(snapshot.summary().get("total-records"));
  }

  /** Returns how many rows were appended. */
  long written(Table table) {
    return written.getOrDefault(table.name(), Map.of()).values().stream()
        .mapToLong(count -> count)
        .sum();
  }

  /** Checks that each row that was appended is in the lake, once, and nothing else. */
  void assertLakeEqualsLog(Table table) throws Exception {
    Map<Integer, java.util.BitSet> found = new TreeMap<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(iceberg(table)).build()) {
      for (Record row : rows) {
        int bucket = (Integer) row.getField(SystemColumns.BUCKET);
        long offset = (Long) row.getField(SystemColumns.OFFSET);
        assertThat(row.getField("n")).isEqualTo(offset);
        assertThat(row.getField("s")).isEqualTo("x".repeat((int) (offset % 50)));
        java.util.BitSet seen = found.computeIfAbsent(bucket, b -> new java.util.BitSet());
        assertThat(seen.get((int) offset)).as("%s:%s twice", bucket, offset).isFalse();
        seen.set((int) offset);
      }
    }
    written
        .getOrDefault(table.name(), Map.of())
        .forEach(
            (bucket, count) ->
                assertThat(found.getOrDefault(bucket, new java.util.BitSet()).nextClearBit(0))
                    .as("rows of bucket %s", bucket)
                    .isEqualTo(count.intValue()));
    assertThat(found.values().stream().mapToLong(java.util.BitSet::cardinality).sum())
        .isEqualTo(written(table));
  }

  @Override
  public void close() {
    logs.close();
    lake.close();
    segments.close();
    metadata.close();
    allocator.close();
  }
}
