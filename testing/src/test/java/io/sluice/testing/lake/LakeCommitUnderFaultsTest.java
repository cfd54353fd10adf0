package io.sluice.testing.lake;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.lake.Truncation;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.testing.metadata.FlakyMetadataStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LakeCommitUnderFaultsTest {

  private static final TableName NAME = new TableName("db", "t");
  private static final LakeSettings SETTINGS = new LakeSettings("s3://bucket/lake", Map.of());
  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  @TestFactory
  Stream<DynamicTest> everyOutcomeIsTrueAndNoRowIsLostOrDoubled() {
    return seeds(10, this::commitFromSeveralThreads);
  }

  @TestFactory
  Stream<DynamicTest> aTableIsMadeOnceWhateverIsLostOnTheWay() {
    return seeds(10, this::createFromSeveralThreads);
  }

  @TestFactory
  Stream<DynamicTest> aTruncationRemovesAllRowsOnceAndKnowsWhichWhateverIsLost() {
    return seeds(10, this::truncateWhileOthersAppend);
  }

  private void commitFromSeveralThreads(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    InMemoryFileIO files = new InMemoryFileIO();
    TableCatalog catalog = new TableCatalog(store, lake(store, files));
    catalog.createDatabase("db", false);
    Table table = catalog.createTable(NAME, COLUMNS, Map.of(), "", false);
    Map<Long, Outcome> committed = new ConcurrentHashMap<>();
    inParallel(
        3,
        thread -> {
          FlakyMetadataStore flaky =
              new FlakyMetadataStore(store.newSession(), new Random(random.nextLong()), 0.3);
          LakeTable lakeTable = lake(flaky, files).table(table);
          for (int commit = 0; commit < 5; commit++) {
            commitOnce(lakeTable, table, committed);
          }
        });
    LakeView end = lake(store, files).table(table).load();
    assertThat(committed).isNotEmpty();
    assertThat(end.metadata().snapshots().stream().map(Snapshot::snapshotId))
        .containsAll(committed.keySet());
    long rows = end.progress().offset(0);
    assertThat(end.metadata().currentSnapshot().summary())
        .containsEntry("total-records", Long.toString(rows));
    assertThat(end.metadata().currentSnapshot().allManifests(files))
        .allSatisfy(manifest -> assertThat(files.fileExists(manifest.path())).isTrue());
    assertThat(end.metadata().snapshots()).hasSize((int) rows);
  }

  /** Appends one row, as a compactor does: after anything but a commit it looks again. */
  private static void commitOnce(LakeTable lakeTable, Table table, Map<Long, Outcome> committed)
      throws Exception {
    for (int attempt = 0; attempt < 100; attempt++) {
      LakeView checked;
      try {
        checked = lakeTable.load();
      } catch (ServiceUnavailableException e) {
        continue;
      }
      long next = checked.progress().offset(0) + 1;
      Progress progress = Progress.none(table.incarnation()).with(0, next);
      Outcome outcome = lakeTable.append(checked, progress, List.of(manifest(checked, lakeTable)));
      if (outcome instanceof Outcome.Committed done) {
        committed.put(done.snapshotId(), outcome);
        return;
      }
    }
    throw new AssertionError("no commit in 100 attempts");
  }

  private void truncateWhileOthersAppend(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    InMemoryFileIO files = new InMemoryFileIO();
    TableCatalog catalog = new TableCatalog(store, lake(store, files));
    catalog.createDatabase("db", false);
    Table table = catalog.createTable(NAME, COLUMNS, Map.of(), "", false);
    Map<Long, Progress> removed = new ConcurrentHashMap<>();
    inParallel(
        3,
        thread -> {
          FlakyMetadataStore flaky =
              new FlakyMetadataStore(store.newSession(), new Random(random.nextLong()), 0.3);
          LakeTable lakeTable = lake(flaky, files).table(table);
          for (int commit = 0; commit < 4; commit++) {
            if (thread > 0) {
              commitOnce(lakeTable, table, new ConcurrentHashMap<>());
            } else {
              truncateOnce(new LosingLakeTable(lakeTable, new Random(random.nextLong())), removed);
            }
          }
        });
    requireTruncatedOnce(lake(store, files).table(table).load(), removed);
  }

  private static void truncateOnce(LakeTable lakeTable, Map<Long, Progress> removed)
      throws CatalogException {
    Truncation truncation = new Truncation(lakeTable);
    for (int attempt = 0; attempt < 100; attempt++) {
      if (truncation.attempt(Map.of()) instanceof Truncation.Attempt.Done done) {
        assertThat(truncation.unsure() && done.removed().isPresent()).isFalse();
        done.removed().ifPresent(snapshot -> removed.put(snapshot, done.below()));
        return;
      }
    }
    throw new AssertionError("not truncated in 100 attempts");
  }

  /** Each append added one row, at the next offset; each truncation took all below it. */
  private static void requireTruncatedOnce(LakeView end, Map<Long, Progress> removed) {
    Map<Long, Progress> found = new HashMap<>();
    long rows = 0;
    for (Snapshot snapshot : end.metadata().snapshots()) {
      boolean truncated = snapshot.operation().equals("delete");
      rows = truncated ? 0 : rows + 1;
      if (truncated) {
        String progress = snapshot.summary().get(Progress.PROPERTY);
        found.put(snapshot.parentId(), Progress.fromJson(String.valueOf(progress)));
      }
      assertThat(snapshot.summary()).containsEntry("total-records", Long.toString(rows));
    }
    assertThat(found).isEqualTo(removed);
  }

  private void createFromSeveralThreads(Random random) throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    InMemoryFileIO files = new InMemoryFileIO();
    new TableCatalog(store, lake(store, files)).createDatabase("db", false);
    Map<UUID, Table> made = new ConcurrentHashMap<>();
    inParallel(
        3,
        thread -> {
          FlakyMetadataStore flaky =
              new FlakyMetadataStore(store.newSession(), new Random(random.nextLong()), 0.15);
          TableCatalog catalog = new TableCatalog(flaky, lake(flaky, files));
          Table table = createUntilThere(catalog);
          made.put(table.id(), table);
        });
    assertThat(made).hasSize(1);
    Table found = new TableCatalog(store, lake(store, files)).load(NAME);
    assertThat(made).containsOnlyKeys(found.id());
    assertThat(lake(store, files).table(found).load().progress().lakeOffsets()).isEmpty();
    assertThat(store.list("/buckets/" + found.id()).join()).hasSize(2);
  }

  private static Table createUntilThere(TableCatalog catalog) throws CatalogException {
    for (int attempt = 0; attempt < 200; attempt++) {
      try {
        return catalog.createTable(NAME, COLUMNS, Map.of("bucket.count", "2"), "", true);
      } catch (CatalogException e) {
        if (e.reason() != CatalogException.Reason.UNAVAILABLE) {
          throw e;
        }
      }
    }
    throw new AssertionError("not made in 200 attempts");
  }

  private static ManifestFile manifest(LakeView view, LakeTable lakeTable) throws Exception {
    String name = view.metadata().location() + "/" + UUID.randomUUID();
    ManifestWriter<DataFile> writer =
        ManifestFiles.write(
            view.metadata().formatVersion(),
            view.spec(),
            lakeTable.io().newOutputFile(name + "-m0.avro"),
            null);
    try (writer) {
      writer.add(
          DataFiles.builder(view.spec())
              .withPath(name + ".parquet")
              .withFileSizeInBytes(100)
              .withRecordCount(1)
              .build());
    }
    return writer.toManifestFile();
  }

  private static Lake lake(MetadataStore store, InMemoryFileIO files) {
    BlockingMetadata blocking = new BlockingMetadata(store, Duration.ofSeconds(10));
    return Lake.over(SETTINGS, new SluiceCatalog(blocking, files, SETTINGS.warehouse(), Map.of()));
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inParallel(int threads, Work work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        running.add(
            executor.submit(
                () -> {
                  work.run(number);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(120, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
