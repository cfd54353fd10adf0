package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.client.TableDescription;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.maintain.MaintenanceReport;
import io.sluice.compactor.maintain.MaintenanceSettings;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many small files in one snapshot of a real Iceberg table in a folder: what reading, committing
 * and maintaining it takes. With {@code -Dtest.files=10000} for the figures in docs/benchmarks.md.
 */
@Timeout(3_600)
class ManyFilesTest {

  private static final int FILES = Integer.getInteger("test.files", 200);
  private static final int FILES_A_COMMIT = 10;
  private static final int ROWS = 100;
  private static final int TEXTS = 5;
  private static final int TIMES = 3;

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Instant now = Instant.now();
  private long rows;
  private @Nullable DataFile first;

  @Test
  void aTableOfManyFilesIsReadCommittedToAndMaintained() throws Exception {
    try (Lake lake = Lake.open(LakeSettings.local(folder), store)) {
      TableCatalog catalog = new TableCatalog(store, lake);
      catalog.createDatabase("db", false);
      Table table = catalog.createTable(new TableName("db", "t"), columns(), Map.of(), "", false);
      LakeTable lakeTable = lake.table(table);
      double fillSeconds = seconds(() -> fill(lakeTable));
      say("%d files in %d commits, written in %.0f s", FILES, FILES / FILES_A_COMMIT, fillSeconds);
      look("as committed", lake, table);
      double manifestSeconds = seconds(() -> rewriteManifests(lakeTable));
      say("manifests rewritten in %.1f s", manifestSeconds);
      look("with large manifests", lake, table);
      TableMaintainer maintainer =
          new TableMaintainer(
              store,
              new StoredBucketRecords(store),
              lake::table,
              CompactorSettings.DEFAULT,
              MaintenanceSettings.DEFAULT,
              (InstantSource) () -> now);
      maintain(maintainer, table, lakeTable);
      look("maintained", lake, table);
    }
  }

  /** A table as any other: numbers, texts, a time. */
  private static Schema columns() {
    List<NestedField> fields = new ArrayList<>();
    fields.add(NestedField.optional(1, "id", Types.LongType.get()));
    fields.add(NestedField.optional(2, "price", Types.DoubleType.get()));
    fields.add(NestedField.optional(3, "at", Types.TimestampType.withZone()));
    for (int i = 0; i < TEXTS; i++) {
      fields.add(NestedField.optional(4 + i, "text" + i, Types.StringType.get()));
    }
    return new Schema(fields);
  }

  private Void fill(LakeTable table) throws IOException {
    for (int file = 0; file < FILES; file += FILES_A_COMMIT) {
      LakeView view = table.load();
      List<DataFile> made = new ArrayList<>();
      for (int i = 0; i < FILES_A_COMMIT; i++) {
        made.add(write(table, view));
      }
      commit(table, view, made);
    }
    return null;
  }

  private void commit(LakeTable table, LakeView view, List<DataFile> files) {
    Outcome outcome =
        table.commit(
            view,
            view.progress().with(0, rows),
            frozen -> {
              var append = frozen.newFastAppend();
              files.forEach(append::appendFile);
              return append;
            });
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
  }

  /** Makes a file whose bytes are those of the first one, with the metrics of its own offsets. */
  private DataFile write(LakeTable table, LakeView view) throws IOException {
    if (first == null) {
      first = writeFirst(table, view);
      // Maintenance deletes the file itself.
      Files.copy(path(first.location()), folder.resolve("first"));
    }
    String location = newLocation(view);
    Files.copy(folder.resolve("first"), path(location));
    int offset = view.schema().findField("_offset").fieldId();
    Map<Integer, ByteBuffer> lower = new HashMap<>(first.lowerBounds());
    Map<Integer, ByteBuffer> upper = new HashMap<>(first.upperBounds());
    lower.put(offset, Conversions.toByteBuffer(Types.LongType.get(), rows));
    rows += ROWS;
    upper.put(offset, Conversions.toByteBuffer(Types.LongType.get(), rows - 1));
    return DataFiles.builder(view.spec())
        .copy(first)
        .withPath(location)
        .withMetrics(
            new Metrics(
                first.recordCount(),
                first.columnSizes(),
                first.valueCounts(),
                first.nullValueCounts(),
                first.nanValueCounts(),
                lower,
                upper))
        .build();
  }

  private static Path path(String location) {
    return Path.of(location.substring("file://".length()));
  }

  private static String newLocation(LakeView view) {
    return view.metadata().location() + "/data/" + UUID.randomUUID() + ".parquet";
  }

  private static DataFile writeFirst(LakeTable table, LakeView view) throws IOException {
    Schema schema = view.schema();
    DataWriter<Record> writer =
        Parquet.writeData(table.io().newOutputFile(newLocation(view)))
            .schema(schema)
            .withSpec(view.spec())
            .createWriterFunc((columns, type) -> GenericParquetWriter.create(columns, type))
            .build();
    try (writer) {
      for (int i = 0; i < ROWS; i++) {
        writer.write(row(schema, i));
      }
    }
    return writer.toDataFile();
  }

  private static Record row(Schema schema, long offset) {
    Record row = GenericRecord.create(schema);
    row.setField("id", offset);
    row.setField("price", offset / 7.0);
    row.setField("at", Instant.ofEpochMilli(offset).atOffset(ZoneOffset.UTC));
    for (int i = 0; i < TEXTS; i++) {
      row.setField("text" + i, "text " + i + " of row " + offset);
    }
    row.setField("_bucket", 0);
    row.setField("_offset", offset);
    row.setField("_timestamp", Instant.ofEpochMilli(offset).atOffset(ZoneOffset.UTC));
    return row;
  }

  /** Does what maintenance does about manifests, and leaves the files as they are. */
  private static Outcome rewriteManifests(LakeTable table) {
    LakeView view = table.load();
    Outcome outcome =
        table.commit(
            view, view.progress(), frozen -> frozen.rewriteManifests().clusterBy(file -> ""));
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return outcome;
  }

  private void maintain(TableMaintainer maintainer, Table table, LakeTable lakeTable)
      throws Exception {
    for (int turn = 1; turn <= 4; turn++) {
      // Every snapshot is older than its retention: only the newest stay.
      now = now.plus(Duration.ofDays(2));
      MaintenanceReport[] report = new MaintenanceReport[1];
      double seconds =
          seconds(() -> report[0] = maintainer.maintain(table, Instant.now().plusSeconds(3_000)));
      say("maintenance, turn %d: %.1f s, %s", turn, seconds, report[0].done());
    }
    List<FileScanTask> left = plan(lakeTable.load().frozen().newScan());
    assertThat(left.stream().mapToLong(task -> task.file().recordCount()).sum()).isEqualTo(rows);
    assertThat(left).hasSizeLessThan(4 * 8);
  }

  private void look(String what, Lake lake, Table table) throws Exception {
    LakeTable lakeTable = lake.table(table);
    LakeView view = lakeTable.load();
    List<ManifestFile> manifests = view.metadata().currentSnapshot().allManifests(lakeTable.io());
    say(
        "%s: %d files, metadata %d bytes with %d snapshots, %d manifests of %d bytes, list %d bytes",
        what,
        plan(view.frozen().newScan()).size(),
        length(lakeTable, view.metadata().metadataFileLocation()),
        view.metadata().snapshots().size(),
        manifests.size(),
        manifests.stream().mapToLong(ManifestFile::length).sum(),
        length(lakeTable, view.metadata().currentSnapshot().manifestListLocation()));
    say("  load: %.1f ms", medianMs(lakeTable::load));
    say("  scan of all, planned: %.1f ms", medianMs(() -> plan(view.frozen().newScan())));
    long middle = rows / 2 / ROWS * ROWS;
    TableScan chunk = history(view, middle, middle + ROWS);
    say("  offsets of one file, planned: %.1f ms", medianMs(() -> plan(chunk)));
    // None of what was rewritten: its rows have the first file's offsets.
    assertThat(plan(chunk)).hasSizeLessThanOrEqualTo(1);
    TableScan history = history(view, 0, rows);
    say("  a stream's history from its beginning, planned: %.1f ms", medianMs(() -> plan(history)));
    Callable<List<List<String>>> union =
        () ->
            LakeFiles.plan(
                view(lake, table, view), described(table), names(table), List.of(), null);
    say("  union read, its files planned into splits: %.1f ms", medianMs(union));
    List<List<String>> splits = union.call();
    say(
        "  its splits: %d, of %d files and %d characters",
        splits.size(),
        splits.stream().mapToInt(List::size).sum(),
        splits.stream().flatMap(List::stream).mapToLong(String::length).sum());
    say(
        "  memory: %.1f MB for the tasks of a scan, %.1f MB for the splits",
        heldMb(() -> plan(lakeTable.load().frozen().newScan())), heldMb(union));
    List<Double> commits = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      List<DataFile> file = List.of(write(lakeTable, lakeTable.load()));
      commits.add(
          seconds(
              () -> {
                commit(lakeTable, lakeTable.load(), file);
                return file;
              }));
    }
    say(
        "  a commit of one file on top, the load before it included: %.1f ms",
        median(commits) * 1e3);
  }

  private static TableScan history(LakeView view, long from, long to) {
    return view.frozen()
        .newScan()
        .filter(
            Expressions.and(
                Expressions.equal("_bucket", 0),
                Expressions.greaterThanOrEqual("_offset", from),
                Expressions.lessThan("_offset", to)))
        .includeColumnStats(List.of("_offset"));
  }

  private static List<FileScanTask> plan(TableScan scan) throws IOException {
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      List<FileScanTask> found = new ArrayList<>();
      tasks.forEach(found::add);
      return found;
    }
  }

  private static LakeCatalog.View view(Lake lake, Table table, LakeView view) {
    return LakeCatalog.View.now(
        lake.icebergCatalog()
            .loadTable(TableIdentifier.of(table.name().database(), table.name().table())),
        view.progress());
  }

  private static TableDescription described(Table table) {
    return new TableDescription(
        table.name(),
        table.id(),
        table.incarnation(),
        table.location(),
        table.schema(),
        table.bucketCount(),
        List.of(),
        Map.of(),
        "");
  }

  private static List<String> names(Table table) {
    return table.rowSchema().columns().stream().map(NestedField::name).toList();
  }

  private static long length(LakeTable table, String location) {
    return table.io().newInputFile(location).getLength();
  }

  private static double seconds(Callable<?> work) throws Exception {
    long begin = System.nanoTime();
    var unused = work.call();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double medianMs(Callable<?> work) throws Exception {
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      times.add(seconds(work));
    }
    return median(times) * 1e3;
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }

  /** Returns by how much the heap grows while something is held. */
  private static double heldMb(Callable<?> made) throws Exception {
    long before = heap();
    Object held = made.call();
    double grown = (heap() - before) / 1e6;
    assertThat(held).isNotNull();
    return grown;
  }

  private static long heap() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static void say(String format, Object... values) {
    System.out.printf(format + "%n", values);
  }
}
