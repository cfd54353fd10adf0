package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class TableCompactorTest {

  private static final PlanLimits SMALL = new PlanLimits(4_000, 50, 2_000, 3, 4);

  @TempDir Path folder;
  private CompactorTown town;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void sealedRowsGetIntoTheLakeInOneSnapshot() throws Exception {
    Table table = town.table("t", 3);
    town.append(table, 0, 100, 30);
    town.append(table, 0, 50, 50);
    town.append(table, 2, 10, 1);

    CompactionReport report = town.compactor("a").compact(table, CompactorTown.FAR);

    town.assertLakeEqualsLog(table);
    assertThat(report.rows()).isEqualTo(160);
    assertThat(report.files()).isEqualTo(1);
    assertThat(report.commits()).isEqualTo(1);
    assertThat(report.lagRows()).isZero();
    assertThat(report.snapshotId())
        .isEqualTo(OptionalLong.of(town.iceberg(table).currentSnapshot().snapshotId()));
  }

  @Test
  void nothingToDoMakesNoSnapshot() throws Exception {
    Table table = town.table("t", 2);

    CompactionReport report = town.compactor("a").compact(table, CompactorTown.FAR);

    assertThat(report.commits()).isZero();
    assertThat(town.iceberg(table).currentSnapshot()).isNull();
    assertThat(town.compactor("a").hasWork(table)).isFalse();
  }

  @Test
  void plansThatEndInsideSegmentsAndFramesAddUp() throws Exception {
    Table table = town.table("t", 4);
    for (int round = 0; round < 3; round++) {
      town.append(table, 0, 700, 190);
      town.append(table, 1, 20, 7);
      town.append(table, 2, 130, 130);

      town.compactor(town.metadata, "a", SMALL).compact(table, CompactorTown.FAR);

      town.assertLakeEqualsLog(table);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "zstd"})
  void whatIsCompressedInTheLogIsWholeInTheLake(String compression) throws Exception {
    Table table = town.table("t", Map.of("log.compression", compression));
    Table plain = town.table("plain", 1);
    for (Table each : List.of(table, plain)) {
      // Small frames stay as they are, so that both kinds are in one segment.
      town.append(each, 0, 1_500, 700);
      town.append(each, 0, 5, 2);
    }
    assertThat(town.bucket(table, 0).sealedSegments().get(0).bytes())
        .isLessThan(town.bucket(plain, 0).sealedSegments().get(0).bytes() * 3 / 4);

    // Plans end inside frames.
    town.compactor(town.metadata, "a", SMALL).compact(table, CompactorTown.FAR);

    town.assertLakeEqualsLog(table);
  }

  @Test
  void afterTheDeadlineNoPlanIsBegun() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 100, 10);

    CompactionReport report = town.compactor("a").compact(table, town.now);

    assertThat(report.commits()).isZero();
    assertThat(report.lagRows()).isEqualTo(100);
    town.compactor("b").compact(table, CompactorTown.FAR);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void aBucketWhoseLedgerIsLostDoesNotKeepTheOthersWaiting() throws Exception {
    Table table = town.table("t", 3);
    town.append(table, 0, 10, 10);
    town.append(table, 1, 10, 10);
    town.append(table, 2, 10, 10);
    town.log.lose(2);

    assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
        .hasMessageContaining("ledger 2 can't be read");

    assertThat(town.progress(table).offset(0)).isEqualTo(10);
    assertThat(town.progress(table).offset(1)).isZero();
    assertThat(town.progress(table).offset(2)).isEqualTo(10);
  }

  @Test
  void aLedgerThatStaysAwayHoldsUpItsOwnBucketAlone() throws Exception {
    Table table = town.table("t", 3);
    appendToAll(table);
    town.log.hide(2);

    for (int round = 1; round <= 70; round++) {
      assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
          .hasMessageContaining("ledger 2 can't be read");

      assertThat(town.progress(table).offset(0)).isEqualTo(5L * round);
      assertThat(town.progress(table).offset(1)).isZero();
      assertThat(town.progress(table).offset(2)).isEqualTo(5L * round);
      appendToAll(table);
    }

    town.log.find(2);
    town.compactor("a").compact(table, CompactorTown.FAR);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void manyUnreadableLedgersDontKeepTheOthersWaiting() throws Exception {
    Table table = town.table("t", 8);
    appendToAll(table);
    for (long ledger = 1; ledger <= 7; ledger++) {
      town.log.hide(ledger);
    }
    for (int round = 1; round <= 3; round++) {
      assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
          .hasMessageContaining("can't be read");

      assertThat(town.progress(table).offset(7)).isEqualTo(5L * round);
      appendToAll(table);
    }

    for (long ledger = 1; ledger <= 7; ledger++) {
      town.log.find(ledger);
    }
    town.compactor("a").compact(table, CompactorTown.FAR);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void bucketsThatAreHeldUpTakeNoneOfTheOthersRoom() throws Exception {
    Table table = town.table("t", 6);
    appendToAll(table);
    for (long ledger = 1; ledger <= 5; ledger++) {
      town.log.hide(ledger);
    }

    for (int round = 1; round <= 6; round++) {
      assertThatThrownBy(
              () -> town.compactor(town.metadata, "a", SMALL).compact(table, CompactorTown.FAR))
          .hasMessageContaining("can't be read");
      appendToAll(table);
    }

    assertThat(town.progress(table).offset(5)).isGreaterThanOrEqualTo(25);
  }

  @Test
  void aTableOfManySnapshotsGathersWhatIsSealed() throws Exception {
    Table table = town.table("t", 500);
    appendToAll(table);
    town.compactor("a").compact(table, CompactorTown.FAR);
    org.apache.iceberg.Table iceberg = town.iceberg(table);
    for (int i = 0; i < 140; i++) {
      iceberg.newAppend().commit();
    }
    iceberg.refresh();
    Instant last = Instant.ofEpochMilli(iceberg.currentSnapshot().timestampMillis());
    town.append(table, 0, 5, 5);
    town.now = last.plusSeconds(1);

    CompactionReport early = town.compactor("a").compact(table, CompactorTown.FAR);

    assertThat(early.commits()).isZero();
    assertThat(early.lagRows()).isEqualTo(5);
    Instant again = early.waitsUntil().orElseThrow();
    assertThat(again).isBetween(last.plusSeconds(10), last.plusSeconds(12));
    town.append(table, 1, 5, 5);
    town.now = again;
    CompactionReport report = town.compactor("a").compact(table, CompactorTown.FAR);
    assertThat(report.commits()).isEqualTo(1);
    assertThat(report.files()).isEqualTo(1);
    assertThat(report.rows()).isEqualTo(10);
    assertThat(report.waitsUntil()).as("nothing waits").isEmpty();
    town.assertLakeEqualsLog(table);
  }

  private void appendToAll(Table table) throws Exception {
    for (int bucket = 0; bucket < table.options().bucketCount(); bucket++) {
      town.append(table, bucket, 5, 5);
    }
  }

  @Test
  void aLakeThatSaysLessThanWasConfirmedStopsTheTable() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    town.compactor("a").compact(table, CompactorTown.FAR);
    org.apache.iceberg.Table iceberg = town.iceberg(table);
    long snapshot = iceberg.currentSnapshot().snapshotId();
    iceberg.manageSnapshots().removeTag("sluice-" + table.incarnation()).commit();
    iceberg.newAppend().commit();
    iceberg.expireSnapshots().expireSnapshotId(snapshot).commit();
    town.append(table, 0, 10, 10);

    assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
        .isInstanceOfSatisfying(
            CompactionException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.LAKE_HISTORY_LOST));
    assertThat(iceberg.snapshots()).hasSize(1);
  }

  @Test
  void aRollbackRemovesRowsButNoOffsets() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    town.compactor("a").compact(table, CompactorTown.FAR);
    long first = town.iceberg(table).currentSnapshot().snapshotId();
    town.append(table, 0, 10, 10);
    town.compactor("a").compact(table, CompactorTown.FAR);
    town.iceberg(table).manageSnapshots().rollbackTo(first).commit();

    town.append(table, 0, 5, 5);
    CompactionReport report = town.compactor("a").compact(table, CompactorTown.FAR);

    assertThat(report.rows()).isEqualTo(5);
    assertThat(town.progress(table).offset(0)).isEqualTo(25);
    assertThat(town.iceberg(table).currentSnapshot().summary())
        .containsEntry("total-records", "15");
  }

  @Test
  void aDroppedTableIsNamed() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 10, 10);
    town.catalog.dropTable(table.name(), false, false);

    assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TABLE_GONE));
  }

  @Test
  void severalWorkersAtOneTableDoubleNothing() throws Exception {
    Table table = town.table("t", 4);
    for (int bucket = 0; bucket < 4; bucket++) {
      town.append(table, bucket, 400, 100);
    }
    var pool = java.util.concurrent.Executors.newFixedThreadPool(3);
    try {
      var runs = new java.util.ArrayList<java.util.concurrent.Future<CompactionReport>>();
      for (int worker = 0; worker < 3; worker++) {
        TableCompactor compactor = town.compactor(town.metadata, "w" + worker, SMALL);
        runs.add(pool.submit(() -> compactor.compact(table, CompactorTown.FAR)));
      }
      for (var run : runs) {
        run.get(100, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    town.now = town.now.plusSeconds(3_600);
    town.compactor("last").compact(table, CompactorTown.FAR);

    town.assertLakeEqualsLog(table);
  }
}
