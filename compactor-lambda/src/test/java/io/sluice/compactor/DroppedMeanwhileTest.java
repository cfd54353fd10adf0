package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.maintain.MaintenanceRound;
import io.sluice.compactor.maintain.TableMaintainer;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are dropped while a worker is at them. */
@Timeout(120)
class DroppedMeanwhileTest {

  private static final List<String> PARENTS =
      List.of(MetadataPaths.WORK, MetadataPaths.COMPACTION_ERRORS, MetadataPaths.MAINTENANCE);

  @TempDir private Path folder;
  private CompactorTown town;
  private Table table;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    table = town.table("t", 2);
    town.append(table, 0, 10, 10);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void aTableThatIsDroppedBeforeItsLakeIsLoadedHasLostNoHistory() throws Exception {
    assertThatThrownBy(() -> town.compactor("a", this::dropped).compact(table, CompactorTown.FAR))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TABLE_GONE));
    assertThat(left()).isEmpty();
  }

  @Test
  void maintenanceOfATableThatIsDroppedMeanwhileNotesNothing() throws Exception {
    TableMaintainer maintainer =
        new TableMaintainer(
            town.metadata,
            town.records,
            this::dropped,
            town.settings("a"),
            MaintainedLake.SETTINGS);

    assertThatThrownBy(() -> maintainer.maintain(table, CompactorTown.FAR))
        .isInstanceOfSatisfying(
            CompactionException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TABLE_GONE));
    assertThat(left()).isEmpty();
  }

  @Test
  void theNextRoundDeletesWhatWasWrittenOfADroppedTable() throws Exception {
    Table stays = town.table("stays", 1);
    drop();
    for (String parent : PARENTS) {
      for (Table of : List.of(table, stays)) {
        var unused =
            town.metadata.create(parent + "/" + of.id(), new byte[] {1}).get(5, TimeUnit.SECONDS);
      }
    }

    town.catalog.purges().deleteLateRecords();

    assertThat(left())
        .containsExactlyInAnyOrderElementsOf(
            PARENTS.stream().map(parent -> parent + "/" + stays.id()).toList());
  }

  @Test
  void aTableWhoseDropFailedMidwayKeepsItsRecords() throws Exception {
    String mark = MetadataPaths.tableId(table.id());
    var unused =
        town.metadata
            .replace(
                mark,
                ("dropped:" + table.name()).getBytes(StandardCharsets.UTF_8),
                town.metadata.read(mark).get(5, TimeUnit.SECONDS).orElseThrow().version())
            .get(5, TimeUnit.SECONDS);
    var unusedToo =
        town.metadata
            .create(MetadataPaths.work(table.id()), new byte[] {1})
            .get(5, TimeUnit.SECONDS);

    town.catalog.purges().deleteLateRecords();

    assertThat(left()).containsExactly(MetadataPaths.work(table.id()));
  }

  @Test
  void roundsLookForWhatWasWrittenOfDroppedTables() throws Exception {
    drop();
    var unused =
        town.metadata
            .create(MetadataPaths.work(table.id()), new byte[] {1})
            .get(5, TimeUnit.SECONDS);

    MaintenanceRound round =
        new MaintenanceRound(
            new MaintainedLake(town).maintainer(town.metadata, "a"),
            Tables.of(town.catalog),
            town.catalog.purges(),
            MaintainedLake.SETTINGS);
    assertThat(round.run(Instant.MAX, (each, deadline) -> {}).failed()).isEmpty();

    assertThat(left()).isEmpty();
  }

  private LakeTable dropped(Table asked) {
    try {
      town.catalog.dropTable(table.name(), true, false);
    } catch (CatalogException e) {
      throw new IllegalStateException(e);
    }
    return town.lake.table(asked);
  }

  private void drop() throws CatalogException {
    town.catalog.dropTable(table.name(), false, false);
  }

  /** Returns the records of compaction and maintenance. */
  private List<String> left() throws Exception {
    List<String> left = new ArrayList<>();
    for (String parent : PARENTS) {
      for (String id : town.metadata.list(parent).get(5, TimeUnit.SECONDS)) {
        left.add(parent + "/" + id);
      }
    }
    return left;
  }
}
