package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.FaultyMetadata.Died;
import io.sluice.compactor.FaultyMetadata.Fate;
import io.sluice.compactor.maintain.MaintenanceReport;
import io.sluice.compactor.table.CompactionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SnapshotExpiryTest {

  /** Expiry is over by then; the calls after these are those of other steps. */
  private static final int CALLS = 24;

  @TempDir Path folder;
  private CompactorTown town;
  private MaintainedLake lake;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    lake = MaintainedLake.withoutRewrites(town);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void oldSnapshotsGoButForTheNewest() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 6);
    List<Long> before = lake.snapshots(table);
    lake.pass(Duration.ofHours(25));

    MaintenanceReport report = lake.maintain(table);

    assertThat(report.done()).containsEntry("expire", 3L);
    assertThat(lake.snapshots(table)).isEqualTo(before.subList(3, 6));
    assertThat(lake.files(".avro").stream().filter(SnapshotExpiryTest::isList)).hasSize(3);
    lake.assertWhole(table);
    town.assertLakeEqualsLog(table);
  }

  private static boolean isList(Path file) {
    return file.getFileName().toString().startsWith("snap-");
  }

  @Test
  void aReaderWithinTheRetentionKeepsItsSnapshot() throws Exception {
    Table table = town.table("t", Map.of("lake.snapshot-retention", "2h"));
    lake.commits(table, 6);
    long pinned = lake.snapshots(table).get(0);
    lake.pass(Duration.ofMinutes(119));

    assertThat(lake.maintain(table).done()).containsEntry("expire", 0L);

    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(town.iceberg(table)).useSnapshot(pinned).build()) {
      assertThat(rows).hasSize(10);
    }
    lake.pass(Duration.ofMinutes(5));
    assertThat(lake.maintain(table).done()).containsEntry("expire", 3L);
  }

  @Test
  void offsetsThatOnlyAnOldSnapshotTellsOfAreNotForgotten() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 6);
    Progress progress = town.progress(table);
    long first = lake.snapshots(table).get(0);
    town.iceberg(table).manageSnapshots().rollbackTo(first).commit();
    String tag = LakeView.tag(table.incarnation());
    town.iceberg(table).manageSnapshots().removeTag(tag).commit();
    lake.pass(Duration.ofDays(30));

    assertThat(lake.maintain(table).done()).containsEntry("expire", 0L);

    assertThat(lake.snapshots(table)).hasSize(6);
    assertThat(town.progress(table)).isEqualTo(progress);
  }

  @Test
  void aFileThatWasPutBackStays() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 2);
    org.apache.iceberg.Table iceberg = town.iceberg(table);
    DataFile file = iceberg.newScan().planFiles().iterator().next().file();
    iceberg.newDelete().deleteFile(file).commit();
    iceberg.newAppend().appendFile(file).commit();
    lake.commits(table, 3);
    lake.pass(Duration.ofDays(2));

    assertThat(lake.maintain(table).done()).containsEntry("expire", 4L);

    lake.assertWhole(table);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void filesOfATableThatMayNotDeleteThemStay() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 6);
    town.iceberg(table).updateProperties().set("gc.enabled", "false").commit();
    lake.pass(Duration.ofDays(30));

    assertThat(lake.maintain(table).done()).containsEntry("expire", 0L);

    assertThat(lake.snapshots(table)).hasSize(6);
  }

  @Test
  void aWorkerMayDieAfterEachCallAndLoseEachReply() throws Exception {
    for (Fate fate : new Fate[] {Fate.DIES_AFTER, Fate.LOST_AFTER}) {
      boolean reached = true;
      for (int step = 1; step <= CALLS && reached; step++) {
        int last = step;
        AtomicInteger calls = new AtomicInteger();
        Table table = town.table(fate + "_" + step, 1);
        lake.commits(table, 4);
        lake.pass(Duration.ofHours(25));
        FaultyMetadata faulty =
            new FaultyMetadata(
                town.metadata, () -> calls.incrementAndGet() == last ? fate : Fate.WELL);

        maintains(faulty, table);

        reached = calls.get() >= last;
        lake.assertWhole(table);
        lake.commits(table, 1);
        lake.pass(Duration.ofHours(25));
        lake.maintain(table);
        assertThat(lake.snapshots(table)).hasSize(3);
        lake.assertWhole(table);
        town.assertLakeEqualsLog(table);
      }
    }
  }

  private void maintains(FaultyMetadata faulty, Table table) throws InterruptedException {
    try {
      var unused = lake.maintainer(faulty, "faulty").maintain(table, CompactorTown.FAR);
    } catch (Died e) {
      assertThat(faulty.died()).isTrue();
    } catch (CompactionException e) {
      assertThat(faulty.died() ? CompactionException.Reason.UNAVAILABLE : e.reason())
          .isEqualTo(CompactionException.Reason.UNAVAILABLE);
    }
  }

  @Test
  void whoComesSecondHasNothingToDoUntilItIsDueAgain() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 1);

    assertThat(lake.maintain(table).done()).isNotEmpty();
    assertThat(lake.maintain(table).done()).isEmpty();

    lake.pass(Duration.ofSeconds(1));
    assertThat(lake.maintain(table).done()).isNotEmpty();
  }

  @Test
  void metadataFilesAreBounded() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 104);

    assertThat(lake.files(".metadata.json")).hasSizeLessThanOrEqualTo(101);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void aDroppedTablesRecordIsDropped() throws Exception {
    Table table = town.table("t", 1);
    lake.maintain(table);
    String path = "/maintenance/" + table.id();
    assertThat(town.metadata.read(path).get()).isPresent();

    town.catalog.dropTable(table.name(), false, false);

    assertThat(town.metadata.read(path).get()).isEmpty();
  }
}
