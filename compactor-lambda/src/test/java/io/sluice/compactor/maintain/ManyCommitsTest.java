package io.sluice.compactor.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.SluiceCatalog;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.CompactorSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.inmemory.InMemoryFileIO;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many commits to a real Iceberg table, with files in memory: more with {@code -Dtest.commits}, and
 * then it tells on standard output what a reader meets.
 */
@Timeout(3_600)
class ManyCommitsTest {

  private static final int COMMITS = Integer.getInteger("test.commits", 60);
  private static final int ROWS = 5;
  private static final int LOOKS = 20;
  private static final LakeSettings LAKE = new LakeSettings("s3://bucket/lake", Map.of());
  private static final Schema COLUMNS =
      new Schema(NestedField.optional(1, "n", Types.LongType.get()));

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private final InMemoryFileIO files = new InMemoryFileIO();
  private final Lake lake =
      Lake.over(
          LAKE,
          new SluiceCatalog(
              new BlockingMetadata(store, Duration.ofSeconds(10)),
              files,
              LAKE.warehouse(),
              Map.of()));
  private Instant now = Instant.now();
  private final List<Look> looks = new ArrayList<>();
  private long rows;

  /** What a reader meets. */
  private record Look(long metadataBytes, double planMs) {}

  @Test
  void filesManifestsSnapshotsAndMetadataStayBounded() throws Exception {
    TableCatalog catalog = new TableCatalog(store, lake);
    catalog.createDatabase("db", false);
    Table table = catalog.createTable(new TableName("db", "t"), COLUMNS, Map.of(), "", false);
    TableMaintainer maintainer =
        new TableMaintainer(
            store,
            new StoredBucketRecords(store),
            lake::table,
            CompactorSettings.DEFAULT,
            MaintenanceSettings.DEFAULT,
            (InstantSource) () -> now);
    DataFile first = firstFile(table);
    byte[] bytes = files.newInputFile(first.location()).newStream().readAllBytes();
    for (int commit = 1; commit <= COMMITS; commit++) {
      append(table, first, bytes);
      if (commit % 10 == 0) {
        // Every snapshot is older than its retention: only the newest stay.
        now = now.plus(Duration.ofDays(2));
        maintainer.maintain(table, Instant.now().plusSeconds(600));
        check(table);
      }
      if (COMMITS >= LOOKS * 100 && commit % (COMMITS / LOOKS) == 0) {
        looks.add(look(table, commit));
      }
    }
    assertFlat();
  }

  /** Makes one real file, whose bytes all others have too. */
  private DataFile firstFile(Table table) throws Exception {
    LakeView view = lake.table(table).load();
    List<Record> written = new ArrayList<>();
    for (long offset = 0; offset < ROWS; offset++) {
      Record row = GenericRecord.create(view.schema());
      row.setField("n", offset);
      row.setField("_bucket", 0);
      row.setField("_offset", offset);
      row.setField("_timestamp", java.time.OffsetDateTime.now(java.time.ZoneOffset.UTC));
      written.add(row);
    }
    Optional<DataFile> made =
        new GenericRewriteWriter()
            .write(
                files,
                view,
                view.spec(),
                new PartitionData(view.spec().partitionType()),
                written.iterator());
    return made.orElseThrow();
  }

  private Look look(Table table, int commit) throws IOException {
    LakeView view = lake.table(table).load();
    List<Double> times = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      long begin = System.nanoTime();
      var unused = new StoredFiles(lake.table(table).load()).where(task -> true);
      times.add((System.nanoTime() - begin) / 1e6);
    }
    Collections.sort(times);
    long bytes = files.newInputFile(view.metadata().metadataFileLocation()).getLength();
    Look look = new Look(bytes, times.get(times.size() / 2));
    System.out.printf(
        "%6d commits: %d bytes of metadata, loaded and planned in %.1f ms%n",
        commit, look.metadataBytes(), look.planMs());
    return look;
  }

  /** The second half is as the first was at its end; times are the machine's, and only told. */
  private void assertFlat() {
    for (int i = LOOKS / 2; i < looks.size(); i++) {
      assertThat(looks.get(i).metadataBytes())
          .isLessThan(looks.get(LOOKS / 2 - 1).metadataBytes() * 5 / 4);
    }
  }

  private void append(Table table, DataFile first, byte[] bytes) {
    LakeTable lakeTable = lake.table(table);
    LakeView view = lakeTable.load();
    String location = table.location() + "/data/" + UUID.randomUUID() + ".parquet";
    files.addFile(location, bytes);
    DataFile file = DataFiles.builder(view.spec()).copy(first).withPath(location).build();
    rows += ROWS;
    assertThat(
            lakeTable.commit(
                view,
                view.progress().with(0, rows),
                frozen -> frozen.newFastAppend().appendFile(file)))
        .isInstanceOf(Outcome.Committed.class);
  }

  private void check(Table table) {
    LakeView view = lake.table(table).load();
    List<FileScanTask> tasks = new StoredFiles(view).where(task -> true);
    assertThat(tasks.stream().mapToLong(task -> task.file().recordCount()).sum()).isEqualTo(rows);
    assertThat(tasks).hasSizeLessThanOrEqualTo(4 * 8);
    assertThat(view.metadata().currentSnapshot().allManifests(files)).hasSizeLessThanOrEqualTo(60);
    assertThat(view.metadata().snapshots())
        .hasSizeLessThanOrEqualTo(MaintenanceSettings.DEFAULT.keepSnapshots() + 1);
    assertThat(view.metadata().previousFiles()).hasSizeLessThanOrEqualTo(100);
    assertThat(view.progress().offset(0)).isEqualTo(rows);
  }
}
