package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Truncation.Attempt;
import io.sluice.catalog.table.CatalogException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TruncationTest {

  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable lakeTable;

  @BeforeEach
  void open() throws Exception {
    fixture = new LakeFixture(folder);
    lakeTable = fixture.lakeTable();
  }

  @Test
  void allFilesGoInOneCommitThatKeepsTheOffsetsAndMovesTheTag() throws Exception {
    append(10, 20, 30);
    append(12, 20, 2);
    fixture.iceberg().newAppend().appendFile(LakeFixture.file(lakeTable.load(), 3)).commit();
    fixture.iceberg().newRowDelta().addDeletes(equalityDelete()).commit();
    LakeView before = lakeTable.load();

    Attempt attempt = new Truncation(lakeTable).attempt(Map.of(0, 12L, 1, 20L));

    assertThat(attempt).isEqualTo(done(before.snapshotId(), 12, 20));
    LakeView after = lakeTable.load();
    Snapshot snapshot = after.metadata().currentSnapshot();
    assertThat(after.metadata().snapshots()).hasSize(before.metadata().snapshots().size() + 1);
    assertThat(snapshot.operation()).isEqualTo("delete");
    assertThat(snapshot.summary())
        .containsEntry("total-data-files", "0")
        .containsEntry("total-delete-files", "0")
        .containsEntry("total-records", "0")
        .containsEntry("deleted-records", "35")
        .containsEntry(Progress.PROPERTY, fixture.progress(12, 20).toJson());
    assertThat(after.progress()).isEqualTo(before.progress());
    assertThat(after.metadata().ref(LakeView.tag(fixture.table.incarnation())).snapshotId())
        .isEqualTo(snapshot.snapshotId());
    assertThat(records(before.snapshotId())).isEqualTo("35");
  }

  @Test
  void aTableWithoutRowsIsLeftAsItIs() throws Exception {
    assertThat(new Truncation(lakeTable).attempt(Map.of()))
        .isEqualTo(
            new Attempt.Done(Progress.none(fixture.table.incarnation()), OptionalLong.empty()));
    assertThat(lakeTable.load().metadata().snapshots()).isEmpty();

    append(10, 0, 10);
    assertThat(new Truncation(lakeTable).attempt(Map.of()))
        .isEqualTo(done(lakeTable.load().metadata().snapshots().get(0).snapshotId(), 10, 0));
    assertThat(new Truncation(lakeTable).attempt(Map.of()))
        .isEqualTo(new Attempt.Done(fixture.progress(10, 0), OptionalLong.empty()));
    assertThat(lakeTable.load().metadata().snapshots()).hasSize(2);
  }

  @Test
  void whatCompactionCommitsAfterwardsStaysAndWhatItCheckedBeforeIsNotCommitted() throws Exception {
    append(10, 0, 10);
    LakeView stale = lakeTable.load();
    ManifestFile manifest = fixture.manifest(stale, 5);

    assertThat(new Truncation(lakeTable).attempt(Map.of())).isInstanceOf(Attempt.Done.class);

    assertThat(lakeTable.append(stale, fixture.progress(15, 0), List.of(manifest)))
        .isInstanceOf(Outcome.Moved.class);
    assertThat(lakeTable.append(lakeTable.load(), fixture.progress(15, 0), List.of(manifest)))
        .isInstanceOf(Outcome.Committed.class);
    assertThat(records()).isEqualTo("5");
    assertThat(lakeTable.load().progress()).isEqualTo(fixture.progress(15, 0));
  }

  @Test
  void aCommitInBetweenIsCoveredByTheNextAttempt() throws Exception {
    append(10, 0, 10);
    Watched watched = new Watched();
    watched.beforeCommit = () -> append(12, 0, 2);
    Truncation truncation = new Truncation(watched);

    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Again.class);
    assertThat(truncation.unsure()).isFalse();
    assertThat(records()).isEqualTo("12");
    watched.beforeCommit = () -> {};
    long before = lakeTable.load().snapshotId();
    assertThat(truncation.attempt(Map.of())).isEqualTo(done(before, 12, 0));
    assertThat(records()).isEqualTo("0");
  }

  @Test
  void aLostReplyIsSeenInTheMetadata() throws Exception {
    append(10, 0, 10);
    long before = lakeTable.load().snapshotId();
    Watched watched = new Watched();
    watched.losesReplies = true;
    watched.afterCommit = () -> append(14, 0, 4);
    Truncation truncation = new Truncation(watched);

    assertThat(truncation.attempt(Map.of())).isEqualTo(done(before, 10, 0));
    assertThat(truncation.unsure()).isFalse();
    assertThat(records()).as("rows that came after it").isEqualTo("4");
  }

  @Test
  void afterALostReplyNoLaterAttemptRemovesAnythingMore() throws Exception {
    append(10, 0, 10);
    long before = lakeTable.load().snapshotId();
    Watched watched = new Watched();
    watched.losesReplies = true;
    watched.afterCommit =
        () -> {
          append(14, 0, 4);
          watched.away = true;
        };
    Truncation truncation = new Truncation(watched);

    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Again.class);
    assertThat(truncation.unsure()).isTrue();
    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Again.class);
    watched.away = false;
    append(15, 0, 1);
    assertThat(truncation.attempt(Map.of())).isEqualTo(done(before, 10, 0));
    assertThat(truncation.unsure()).isFalse();
    assertThat(records()).as("rows that came after it").isEqualTo("5");
  }

  @Test
  void aLostRequestIsMadeAgain() throws Exception {
    append(10, 0, 10);
    Watched watched = new Watched();
    watched.losesRequests = true;
    Truncation truncation = new Truncation(watched);

    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Again.class);
    assertThat(truncation.unsure()).isTrue();
    assertThat(records()).isEqualTo("10");
    watched.losesRequests = false;
    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Done.class);
    assertThat(truncation.unsure()).isFalse();
    assertThat(records()).isEqualTo("0");
  }

  @Test
  void aRewriteThatBeganBeforeBringsNothingBack() throws Exception {
    DataFile old = LakeFixture.file(lakeTable.load(), 10);
    fixture.iceberg().newAppend().appendFile(old).commit();
    LakeView start = lakeTable.load();
    DataFile anew = LakeFixture.file(start, 10);
    assertThat(new Truncation(lakeTable).attempt(Map.of())).isInstanceOf(Attempt.Done.class);

    LakeView view = lakeTable.load();
    Outcome outcome =
        lakeTable.commit(
            view,
            view.progress(),
            frozen ->
                frozen
                    .newRewrite()
                    .validateFromSnapshot(start.snapshotId())
                    .deleteFile(old)
                    .addFile(anew));

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(records()).isEqualTo("0");
  }

  @Test
  void aLakeThatLostItsHistoryIsNotTouched() throws Exception {
    append(10, 0, 10);

    assertThatThrownBy(() -> new Truncation(lakeTable).attempt(Map.of(0, 11L)))
        .isInstanceOfSatisfying(
            CatalogException.class,
            e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.LAKE_HISTORY_LOST));
    assertThat(records()).isEqualTo("10");
  }

  @Test
  void theTableThatTookItsNameIsNotTouched() throws Exception {
    append(10, 0, 10);
    Watched watched = new Watched();
    watched.beforeCommit =
        () -> {
          fixture.catalog.dropTable(LakeFixture.NAME, false, false);
          var unused =
              fixture.catalog.createTable(
                  LakeFixture.NAME, LakeFixture.COLUMNS, Map.of(), "", false);
          fixture
              .iceberg()
              .newAppend()
              .appendFile(
                  LakeFixture.file(
                      fixture.lake.table(fixture.catalog.load(LakeFixture.NAME)).load(), 7))
              .commit();
        };
    Truncation truncation = new Truncation(watched);

    assertThat(truncation.attempt(Map.of())).isInstanceOf(Attempt.Again.class);
    watched.beforeCommit = () -> {};
    assertThatThrownBy(() -> truncation.attempt(Map.of())).isInstanceOf(NoSuchTableException.class);
    assertThat(fixture.iceberg().currentSnapshot().summary()).containsEntry("total-records", "7");
  }

  private Attempt.Done done(long removed, long first, long second) {
    return new Attempt.Done(fixture.progress(first, second), OptionalLong.of(removed));
  }

  private String records() {
    return records(lakeTable.load().snapshotId());
  }

  private String records(long snapshotId) {
    return String.valueOf(
        lakeTable.load().metadata().snapshot(snapshotId).summary().get("total-records"));
  }

  private void append(long first, long second, long rows) throws Exception {
    LakeView view = lakeTable.load();
    assertThat(
            lakeTable.append(
                view, fixture.progress(first, second), List.of(fixture.manifest(view, rows))))
        .isInstanceOf(Outcome.Committed.class);
  }

  private DeleteFile equalityDelete() {
    LakeView view = lakeTable.load();
    return FileMetadata.deleteFileBuilder(view.spec())
        .ofEqualityDeletes(view.schema().findField("id").fieldId())
        .withPath(view.metadata().location() + "/data/" + UUID.randomUUID() + ".parquet")
        .withFileSizeInBytes(100)
        .withRecordCount(1)
        .build();
  }

  private interface Work {
    void run() throws Exception;
  }

  /** The lake table, with what happens at its commits. */
  private final class Watched implements LakeTable {

    private Work beforeCommit = () -> {};
    private Work afterCommit = () -> {};
    private boolean losesRequests;
    private boolean losesReplies;
    private boolean away;

    @Override
    public LakeView load() {
      if (away) {
        throw new IllegalStateException("away");
      }
      return lakeTable.load();
    }

    @Override
    public Outcome commit(LakeView checked, Progress next, SnapshotChange change) {
      try {
        beforeCommit.run();
        Outcome outcome =
            losesRequests
                ? new Outcome.Unknown(new IllegalStateException("lost"))
                : lakeTable.commit(checked, next, change);
        afterCommit.run();
        return losesReplies ? new Outcome.Unknown(new IllegalStateException("lost")) : outcome;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests) {
      throw new AssertionError("nothing is appended");
    }

    @Override
    public int expirable(LakeView checked, Expiry expiry) {
      throw new AssertionError("nothing expires");
    }

    @Override
    public Outcome expire(LakeView checked, Expiry expiry) {
      throw new AssertionError("nothing expires");
    }

    @Override
    public FileIO io() {
      return lakeTable.io();
    }
  }
}
