package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ExpireSnapshots.CleanupLevel;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NotFoundException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others do to a lake table: compaction goes on, or stops that table with a name for it. */
@Timeout(60)
class ForeignChangesTest {

  private SeamTown town;
  private Table table;
  private Foreigner foreigner;

  @BeforeEach
  void opensTown() throws Exception {
    town = new SeamTown();
    table = town.table("t", 1);
    foreigner = new Foreigner(town, table);
    town.append(table, 0, 10, 10);
    compact();
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void offsetsOutliveForeignCommitsAndTheirExpiry() throws Exception {
    long first = foreigner.appends();
    var unused = foreigner.appends();
    foreigner.expires(first);
    // The line of ancestors ends at the one that is gone, before it gets to ours.
    assertThat(ours()).hasSize(1);

    assertThat(compact().commits()).isZero();
    town.append(table, 0, 5, 5);
    assertThat(compact().rows()).isEqualTo(5);
    town.audit(table).check();
    assertThat(town.lakeRows(table)).hasSize(17);
  }

  @Test
  void theNewestSnapshotOfOursOutlivesExpiry() throws Exception {
    var unused = foreigner.appends();
    foreigner.expires();

    assertThat(ours()).hasSize(1);
    assertThatThrownBy(() -> foreigner.expires(ours().get(0).snapshotId()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(compact().commits()).isZero();
    town.audit(table).check();
  }

  @Test
  void whoExpiresOursTooHasStoppedTheTable() throws Exception {
    var unused = foreigner.appends();
    foreigner.removesTag();
    foreigner.expires();
    assertThat(ours()).isEmpty();
    town.append(table, 0, 5, 5);

    for (int attempt = 0; attempt < 2; attempt++) {
      assertStopped(
          Reason.LAKE_HISTORY_LOST, "bucket 0 is committed up to 0, but 10 was confirmed");
    }
    assertThat(foreigner.lakeTable().snapshots()).hasSize(1);
    Table other = town.table("other", 1);
    town.append(other, 0, 5, 5);
    assertThat(town.recover(other).rows()).isEqualTo(5);
  }

  @Test
  void whoeverRestoresTheHistoryLetsItGoOn() throws Exception {
    String before = town.lake.table(table).load().metadata().metadataFileLocation();
    foreigner.removesTag();
    var unused = foreigner.appends();
    foreigner
        .lakeTable()
        .expireSnapshots()
        .expireOlderThan(Long.MAX_VALUE)
        .retainLast(1)
        .cleanupLevel(CleanupLevel.NONE)
        .commit();
    town.append(table, 0, 5, 5);
    assertStopped(Reason.LAKE_HISTORY_LOST, "restore the lake table's metadata");

    assertThat(foreigner.catalog().dropTable(foreigner.identifier(), false)).isTrue();
    assertThat(foreigner.catalog().registerTable(foreigner.identifier(), before)).isNotNull();

    assertThat(town.recover(table).rows()).isEqualTo(5);
    town.audit(table).check();
  }

  @Test
  void aRollbackRemovesRowsAndCompactsNothingAgain() throws Exception {
    long first = foreigner.lakeTable().currentSnapshot().snapshotId();
    town.append(table, 0, 10, 10);
    compact();
    town.append(table, 0, 10, 10);
    // Results of what comes next are there already.
    var unused = town.run(diesAtCommit(), table);
    foreigner.lakeTable().manageSnapshots().rollbackTo(first).commit();

    assertThat(town.recover(table).rows()).isEqualTo(10);
    town.append(table, 0, 5, 5);
    assertThat(compact().rows()).isEqualTo(5);
    assertOffsetsInLake(0, 10, 20, 35);
    assertThat(town.progress(table).offset(0)).isEqualTo(35);
    assertThat(town.bucket(table, 0).lakeOffsetFloor()).isEqualTo(35);
  }

  @Test
  void aRollbackBeforeTheFloorIsRaisedCompactsNothingAgain() throws Exception {
    long first = foreigner.lakeTable().currentSnapshot().snapshotId();
    town.append(table, 0, 10, 10);
    Seam dies = new Seam("w", call -> call.name().equals("commit") ? Fate.DIES_AFTER : Fate.WELL);
    var unused = town.run(dies, table);
    assertThat(town.bucket(table, 0).lakeOffsetFloor()).isEqualTo(10);
    foreigner.lakeTable().manageSnapshots().rollbackTo(first).commit();

    assertThat(town.recover(table).commits()).isZero();
    assertOffsetsInLake(0, 10);
    assertThat(town.bucket(table, 0).lakeOffsetFloor()).isEqualTo(20);
  }

  @Test
  void aCompactorThatReadsOneSnapshotAloneFailsTheseTests() throws Exception {
    try (SeamTown broken = new SeamTown(Sabotage.READS_ONE_SNAPSHOT)) {
      Table own = broken.table("t", 1);
      broken.append(own, 0, 10, 10);
      Seam dies = new Seam("w", call -> call.name().equals("commit") ? Fate.DIES_AFTER : Fate.WELL);
      var unused = broken.run(dies, own);
      long foreign = new Foreigner(broken, own).appends();
      assertThat(foreign).isPositive();

      assertThatThrownBy(
              () -> {
                var report = broken.recover(own);
                assertThat(report.commits()).isZero();
                broken.audit(own).check();
              })
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void aReplacedTableGetsWhatIsNewAndNothingTwice() throws Exception {
    town.append(table, 0, 10, 10);
    var unused = town.run(diesAtCommit(), table);
    replace(foreigner.lakeTable().schema());
    assertThat(foreigner.lakeTable().currentSnapshot()).isNull();

    assertThat(town.recover(table).rows()).isEqualTo(10);
    assertOffsetsInLake(10, 20);
    assertThat(ours()).hasSize(2);
    assertThat(foreigner.lakeTable().refs()).containsKey(LakeView.tag(table.incarnation()));
  }

  @Test
  void aTableReplacedByOneWithoutOffsetsStops() throws Exception {
    town.append(table, 0, 10, 10);
    var unused = town.run(diesAtCommit(), table);
    replace(SystemColumns.removeFrom(foreigner.lakeTable().schema()));

    assertStopped(Reason.LAKE_UNSUPPORTED, "needs a column _bucket of type int");
    assertThat(foreigner.lakeTable().currentSnapshot()).isNull();
  }

  @Test
  void aDroppedLakeTableStopsItsTable() throws Exception {
    assertThat(foreigner.catalog().dropTable(foreigner.identifier(), false)).isTrue();
    town.append(table, 0, 5, 5);

    assertStopped(Reason.LAKE_HISTORY_LOST, "is gone");
    // One that someone else makes under its name isn't taken for it.
    var unused = foreigner.catalog().createTable(foreigner.identifier(), table.schema());
    assertStopped(Reason.LAKE_HISTORY_LOST, "is gone");
    assertThat(foreigner.lakeTable().snapshots()).isEmpty();
  }

  @Test
  void aLakeTableWhoseMetadataIsLostIsTriedAgain() throws Exception {
    String pointer = town.lake.table(table).load().metadata().metadataFileLocation();
    town.storage.remove(pointer);
    town.append(table, 0, 5, 5);

    assertThatThrownBy(() -> town.recover(table))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
        .hasRootCauseInstanceOf(NotFoundException.class);
  }

  private void replace(Schema schema) {
    foreigner
        .catalog()
        .newReplaceTableTransaction(
            foreigner.identifier(), schema, PartitionSpec.unpartitioned(), Map.of(), false)
        .commitTransaction();
  }

  private static Seam diesAtCommit() {
    return new Seam("w", call -> call.name().equals("commit") ? Fate.DIES_BEFORE : Fate.WELL);
  }

  private CompactionReport compact() throws Exception {
    return town.compactor(Seam.well("compactor")).compact(table, CompactorTown.FAR);
  }

  private void assertStopped(Reason reason, String message) {
    assertThatThrownBy(() -> town.recover(table))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  /** Returns the snapshots that say how far the table is. */
  private List<Snapshot> ours() {
    List<Snapshot> ours = new ArrayList<>();
    for (Snapshot snapshot : foreigner.lakeTable().snapshots()) {
      if (snapshot.summary().containsKey("sluice.progress")) {
        ours.add(snapshot);
      }
    }
    return ours;
  }

  /**
   * @param bounds first offset and one past the last, of each run of rows
   */
  private void assertOffsetsInLake(long... bounds) throws Exception {
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < bounds.length; i += 2) {
      for (long offset = bounds[i]; offset < bounds[i + 1]; offset++) {
        expected.add(offset);
      }
    }
    List<Long> found = new ArrayList<>();
    for (Record row : town.lakeRows(table)) {
      found.add((Long) row.getField(SystemColumns.OFFSET));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    town.audit(table).checkFiles();
  }
}
