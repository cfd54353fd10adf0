package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of a lake table other than appends. */
class LakeChangeTest {

  private static final Expiry ALL_BUT_ONE = new Expiry(Instant.ofEpochMilli(Long.MAX_VALUE), 1);

  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable lakeTable;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder);
    lakeTable = fixture.lakeTable();
    append(10, 3);
    append(20, 4);
  }

  private void append(long offset, long rows) throws Exception {
    LakeView view = lakeTable.load();
    assertThat(
            lakeTable.append(
                view, fixture.progress(offset, 0), List.of(fixture.manifest(view, rows))))
        .isInstanceOf(Outcome.Committed.class);
  }

  private static SnapshotUpdate<?> replaceAll(Table table, DataFile by) {
    var change = table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    files(table).forEach(change::deleteFile);
    return change.addFile(by);
  }

  private static List<DataFile> files(Table table) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }

  @Test
  void aChangeIsOneSnapshotThatCarriesProgressAndTag() {
    LakeView view = lakeTable.load();
    DataFile by = LakeFixture.file(view, 7);

    Outcome outcome = lakeTable.commit(view, view.progress(), frozen -> replaceAll(frozen, by));

    LakeView after = lakeTable.load();
    assertThat(outcome).isEqualTo(new Outcome.Committed(after.snapshotId()));
    assertThat(after.metadata().currentSnapshot().operation()).isEqualTo("replace");
    assertThat(after.metadata().currentSnapshot().summary())
        .containsEntry(Progress.PROPERTY, fixture.progress(20, 0).toJson())
        .containsEntry("total-records", "7");
    assertThat(after.metadata().ref(LakeView.tag(fixture.table.incarnation())).snapshotId())
        .isEqualTo(after.snapshotId());
  }

  @Test
  void aChangeOfFilesThatAreGoneIsRefused() {
    LakeView start = lakeTable.load();
    List<DataFile> old = files(start.frozen());
    fixture.iceberg().newDelete().deleteFile(old.get(0)).commit();
    LakeView view = lakeTable.load();
    DataFile by = LakeFixture.file(view, 7);

    Outcome outcome =
        lakeTable.commit(
            view,
            view.progress(),
            frozen -> {
              var change = frozen.newRewrite().validateFromSnapshot(start.snapshotId());
              old.forEach(change::deleteFile);
              return change.addFile(by);
            });

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(lakeTable.load().snapshotId()).isEqualTo(view.snapshotId());
  }

  @Test
  void whatIsCommittedInBetweenMeansMoved() {
    LakeView view = lakeTable.load();
    LakeView same = lakeTable.load();
    fixture.iceberg().newAppend().appendFile(LakeFixture.file(view, 1)).commit();

    assertThat(lakeTable.commit(view, view.progress(), Table::newFastAppend))
        .isInstanceOf(Outcome.Moved.class);
    assertThat(lakeTable.expire(same, ALL_BUT_ONE)).isInstanceOf(Outcome.Moved.class);
    assertThat(lakeTable.load().metadata().snapshots())
        .hasSize(3)
        .allSatisfy(
            snapshot ->
                assertThat(lakeTable.io().newInputFile(snapshot.manifestListLocation()).exists())
                    .isTrue());
  }

  @Test
  void expiryKeepsWhatATagPointsToAndTakesTheRest() throws Exception {
    append(30, 5);
    LakeView view = lakeTable.load();
    assertThat(lakeTable.expirable(view, ALL_BUT_ONE)).isEqualTo(2);

    assertThat(lakeTable.expire(view, ALL_BUT_ONE))
        .isEqualTo(new Outcome.Committed(view.snapshotId()));

    LakeView after = lakeTable.load();
    assertThat(after.metadata().snapshots()).hasSize(1);
    assertThat(after.progress()).isEqualTo(fixture.progress(30, 0));
    assertThat(lakeTable.expirable(after, ALL_BUT_ONE)).isZero();
  }

  @Test
  void expiryDeletesNoFilesOfAnotherTable() throws Exception {
    LakeView start = lakeTable.load();
    String theirs = "file://" + folder + "/lake/db/another/data/theirs.parquet";
    DataFile own = LakeFixture.file(start, 1);
    DataFile added = DataFiles.builder(start.spec()).copy(own).withPath(theirs).build();
    for (DataFile file : List.of(own, added)) {
      lakeTable.io().newOutputFile(file.location()).create().close();
    }
    fixture.iceberg().newAppend().appendFile(own).appendFile(added).commit();
    fixture.iceberg().newDelete().deleteFile(own).deleteFile(added).commit();

    assertThat(lakeTable.expire(lakeTable.load(), ALL_BUT_ONE))
        .isInstanceOf(Outcome.Committed.class);

    assertThat(lakeTable.io().newInputFile(own.location()).exists()).isFalse();
    assertThat(lakeTable.io().newInputFile(theirs).exists()).isTrue();
  }

  @Test
  void aChangeCanNotMoveAnOffsetBack() {
    LakeView view = lakeTable.load();
    assertThatThrownBy(() -> lakeTable.commit(view, fixture.progress(19, 0), Table::newFastAppend))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
