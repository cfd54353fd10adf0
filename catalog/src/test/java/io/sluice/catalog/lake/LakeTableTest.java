package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.Cut;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeTableTest {

  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable lakeTable;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder);
    lakeTable = fixture.lakeTable();
  }

  @Test
  void aNewTableIsEmptyAndAtZero() {
    LakeView view = lakeTable.load();
    assertThat(view.snapshotId()).isEqualTo(Cut.NO_SNAPSHOT);
    assertThat(view.progress().lakeOffsets()).isEmpty();
    assertThat(view.schema().sameSchema(fixture.table.schema())).isTrue();
  }

  @Test
  void anAppendIsOneSnapshotThatSaysHowFarTheTableIs() throws Exception {
    Outcome outcome = append(10, 20, 30);
    LakeView view = lakeTable.load();
    assertThat(outcome).isEqualTo(new Outcome.Committed(view.snapshotId()));
    assertThat(view.progress()).isEqualTo(fixture.progress(10, 20));
    assertThat(view.metadata().snapshots()).hasSize(1);
    Snapshot snapshot = view.metadata().currentSnapshot();
    assertThat(snapshot.summary())
        .containsEntry("added-records", "30")
        .containsEntry("total-records", "30")
        .containsEntry(Progress.PROPERTY, fixture.progress(10, 20).toJson());
    SnapshotRef tag = view.metadata().ref(LakeView.tag(fixture.table.incarnation()));
    assertThat(tag.snapshotId()).isEqualTo(view.snapshotId());
    assertThat(tag.isTag()).isTrue();
    assertThat(tag.maxRefAgeMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void eachAppendMovesTheTagAndAddsToTheTotals() throws Exception {
    append(10, 0, 10);
    append(10, 5, 5);
    LakeView view = lakeTable.load();
    assertThat(view.metadata().currentSnapshot().summary()).containsEntry("total-records", "15");
    assertThat(view.metadata().ref(LakeView.tag(fixture.table.incarnation())).snapshotId())
        .isEqualTo(view.snapshotId());
    assertThat(view.metadata().currentSnapshot().allManifests(lakeTable.io())).hasSize(2);
  }

  @Test
  void aForeignCommitBetweenLoadAndAppendMeansMoved() throws Exception {
    LakeView checked = lakeTable.load();
    fixture.iceberg().newAppend().appendFile(LakeFixture.file(checked, 3)).commit();
    Outcome outcome =
        lakeTable.append(checked, fixture.progress(1, 1), List.of(fixture.manifest(checked, 2)));
    assertThat(outcome).isInstanceOf(Outcome.Moved.class);
    LakeView after = lakeTable.load();
    assertThat(after.progress().lakeOffsets()).isEmpty();
    assertThat(after.metadata().snapshots()).hasSize(1);
  }

  @Test
  void twoAppendsOnTheSameViewCommitOnce() throws Exception {
    LakeView checked = lakeTable.load();
    LakeView same = lakeTable.load();
    assertThat(
            lakeTable.append(
                checked, fixture.progress(5, 0), List.of(fixture.manifest(checked, 5))))
        .isInstanceOf(Outcome.Committed.class);
    assertThat(lakeTable.append(same, fixture.progress(5, 0), List.of(fixture.manifest(same, 5))))
        .isInstanceOf(Outcome.Moved.class);
    assertThat(lakeTable.load().metadata().currentSnapshot().summary())
        .containsEntry("total-records", "5");
  }

  @Test
  void aRollbackRemovesRowsButNeverMovesOffsetsBack() throws Exception {
    append(10, 0, 10);
    long first = lakeTable.load().snapshotId();
    append(10, 7, 7);
    fixture.iceberg().manageSnapshots().rollbackTo(first).commit();
    LakeView view = lakeTable.load();
    assertThat(view.snapshotId()).isEqualTo(first);
    assertThat(view.progress()).isEqualTo(fixture.progress(10, 7));
    append(12, 7, 2);
    LakeView after = lakeTable.load();
    assertThat(after.progress()).isEqualTo(fixture.progress(12, 7));
    assertThat(after.metadata().currentSnapshot().summary()).containsEntry("total-records", "12");
  }

  @Test
  void expiryKeepsTheTaggedSnapshot() throws Exception {
    append(10, 0, 10);
    append(20, 0, 10);
    LakeView view = lakeTable.load();
    fixture.iceberg().newAppend().appendFile(LakeFixture.file(view, 3)).commit();
    fixture
        .iceberg()
        .expireSnapshots()
        .expireOlderThan(Long.MAX_VALUE)
        .retainLast(1)
        .cleanupLevel(org.apache.iceberg.ExpireSnapshots.CleanupLevel.NONE)
        .commit();
    LakeView after = lakeTable.load();
    assertThat(after.metadata().snapshots()).hasSize(2);
    assertThat(after.progress()).isEqualTo(fixture.progress(20, 0));
  }

  @Test
  void progressOfAnotherIncarnationCountsForNothing() throws Exception {
    LakeView view = lakeTable.load();
    fixture
        .iceberg()
        .newAppend()
        .set(Progress.PROPERTY, Progress.none(java.util.UUID.randomUUID()).with(0, 99).toJson())
        .appendFile(LakeFixture.file(view, 1))
        .commit();
    assertThat(lakeTable.load().progress().lakeOffsets()).isEmpty();
  }

  @Test
  void anOffsetThatWouldGoBackIsRefused() throws Exception {
    append(10, 20, 30);
    LakeView view = lakeTable.load();
    assertThatThrownBy(() -> lakeTable.append(view, fixture.progress(9, 20), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("progress of bucket 0 would go back from 10 to 9");
  }

  @Test
  void metadataBelowTheFloorsIsLostHistory() throws Exception {
    append(10, 20, 30);
    LakeView view = lakeTable.load();
    assertThat(view.requireAtLeast(Map.of(0, 10L, 1, 0L))).isSameAs(view);
    assertThatThrownBy(() -> view.requireAtLeast(Map.of(0, 11L)))
        .isInstanceOfSatisfying(
            CatalogException.class,
            e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.LAKE_HISTORY_LOST))
        .hasMessageContaining("bucket 0")
        .hasMessageContaining("10")
        .hasMessageContaining("11");
  }

  @Test
  void aLakeTableOfAnotherTableIsNotTaken() throws Exception {
    fixture.catalog.dropTable(LakeFixture.NAME, false, false);
    fixture.catalog.createTable(LakeFixture.NAME, LakeFixture.COLUMNS, Map.of(), "", false);
    assertThatThrownBy(() -> lakeTable.load())
        .isInstanceOf(NoSuchTableException.class)
        .hasMessageContaining(fixture.table.id().toString());
  }

  @Test
  void anAppendCheckedBeforeADropNeverReachesTheTableMadeAnew() throws Exception {
    LakeView checked = lakeTable.load();
    ManifestFile manifest = fixture.manifest(checked, 5);
    fixture.catalog.dropTable(LakeFixture.NAME, false, false);
    Table anew =
        fixture.catalog.createTable(LakeFixture.NAME, LakeFixture.COLUMNS, Map.of(), "", false);
    Outcome outcome = lakeTable.append(checked, fixture.progress(5, 0), List.of(manifest));
    assertThat(outcome).isNotInstanceOf(Outcome.Committed.class);
    assertThat(fixture.lake.table(anew).load().metadata().snapshots()).isEmpty();
  }

  private Outcome append(long first, long second, long rows) throws Exception {
    LakeView checked = lakeTable.load();
    return lakeTable.append(
        checked, fixture.progress(first, second), List.of(fixture.manifest(checked, rows)));
  }
}
