package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.compaction.MaintenanceNotes;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.Truncation;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogRebuild;
import io.sluice.catalog.table.LostTable;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.compactor.maintain.MaintenanceReport;
import io.sluice.compactor.maintain.TableMaintainer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lists and deletes files, on S3, where a call does a thousand at most. */
@Timeout(120)
class LakeOnS3Test {

  private static final int MANY = 2 * S3StandIn.MOST_KEYS + 300;

  private S3StandIn s3;
  private CompactorTown town;

  @BeforeEach
  void opensTown() throws Exception {
    s3 = new S3StandIn();
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    town = new CompactorTown(s3.lake(), store, Lake.open(s3.lake(), store));
    town.now = Instant.now();
  }

  @AfterEach
  void closesTown() {
    town.close();
    s3.close();
  }

  @Test
  void rowsAreCompactedRewrittenAndExpired() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 4);
    town.now = town.now.plus(Duration.ofDays(2));

    MaintenanceReport first = maintain(table);

    assertThat(first.done()).containsEntry("rewrite", 4L);
    assertThat(first.done().get("expire")).isPositive();
    town.assertLakeEqualsLog(table);
    assertThat(new MaintenanceNotes(town.metadata).of(table).get().errors()).isEmpty();
  }

  @Test
  void orphansOfManyPagesAreDeletedInBatches() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 1);
    s3.at(town.now.minus(Duration.ofDays(4)));
    for (int i = 0; i < MANY; i++) {
      s3.put(table.location() + "/data/orphan-" + i + ".parquet", "orphan");
    }
    s3.put(table.location() + "-of-another/data/a.parquet", "not ours");

    MaintenanceReport report = maintain(table);

    assertThat(report.done()).containsEntry("orphans", (long) MANY);
    assertThat(report.bytes()).containsEntry("orphans", MANY * 6L);
    assertThat(s3.locations(table.location() + "/data/orphan-")).isEmpty();
    assertThat(s3.locations(table.location() + "-of-another")).hasSize(1);
    assertThat(s3.calls("LIST")).isGreaterThanOrEqualTo(3);
    assertThat(s3.calls("DELETE")).isZero();
    assertThat(s3.calls("DELETE-BATCH")).isBetween(3L, 20L);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void whatCannotBeDeletedOfABatchKeepsTheRestFromNothing() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 1);
    s3.at(town.now.minus(Duration.ofDays(4)));
    for (int i = 0; i < 10; i++) {
      s3.put(table.location() + "/data/orphan-" + i + ".parquet", "orphan");
    }
    s3.refuseToDelete("orphan-3");
    assertThatThrownBy(() -> maintain(table)).hasMessageContaining("orphan");
    assertThat(s3.locations(table.location() + "/data/orphan-")).hasSize(1);
    assertThat(new MaintenanceNotes(town.metadata).of(table).get().errors())
        .containsOnlyKeys("orphans");

    s3.refuseToDelete("");
    town.now = town.now.plusSeconds(2);
    assertThat(maintain(table).done()).containsEntry("orphans", 1L);
    assertThat(s3.locations(table.location() + "/data/orphan-")).isEmpty();
  }

  @Test
  void aPurgeDeletesAllPagesOfTheTablesFolderAndNothingElse() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 1);
    for (int i = 0; i < MANY; i++) {
      s3.put(table.location() + "/data/left-" + i + ".parquet", "left");
    }
    s3.put(table.location() + "-of-another/data/a.parquet", "not ours");
    s3.refuseToDelete("left-1234");
    assertThatThrownBy(() -> town.catalog.dropTable(table.name(), false, true))
        .isInstanceOf(CatalogException.class);
    assertThat(town.catalog.purges().waiting()).hasSize(1);

    s3.refuseToDelete("");
    var unused = town.catalog.purges().again(Instant.EPOCH);
    assertThat(s3.locations(table.location() + "/")).isEmpty();
    assertThat(s3.locations(table.location() + "-of-another")).hasSize(1);
    assertThat(town.catalog.purges().waiting()).isEmpty();
    assertThat(s3.calls("DELETE-BATCH")).isBetween(3L, 40L);
  }

  @Test
  void aLostCatalogIsRebuiltFromManyPages() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 2);
    for (int i = 0; i < MANY; i++) {
      s3.put(table.location() + "/data/" + i + ".parquet", "x");
    }
    InMemoryMetadataStore empty = new InMemoryMetadataStore();
    try (Lake lake = Lake.open(s3.lake(), empty)) {
      CatalogRebuild rebuild = new CatalogRebuild(empty, lake, InstantSource.system());
      List<LostTable> found = rebuild.look();
      assertThat(found).hasSize(1);
      assertThat(found.get(0).state()).isEqualTo(LostTable.State.LOST);
      assertThat(found.get(0).extent().orElseThrow().lakeOffsets()).isEqualTo(Map.of(0, 20L));
      assertThat(rebuild.rebuild(found.get(0)).id()).isEqualTo(table.id());
      assertThat(new TableCatalog(empty, lake).load(table.name()).location())
          .isEqualTo(table.location());
    }
  }

  @Test
  void aTruncationRemovesAllRowsInOneCommit() throws Exception {
    Table table = town.table("t", 1);
    commits(table, 2);
    assertThat(town.lakeRows(table)).hasSize(20);

    Truncation.Attempt attempt = new Truncation(town.lake.table(table)).attempt(Map.of(0, 20L));

    assertThat(attempt).isInstanceOf(Truncation.Attempt.Done.class);
    assertThat(town.lakeRows(table)).isEmpty();
    assertThat(town.progress(table).offset(0)).isEqualTo(20);
  }

  private void commits(Table table, int count) throws Exception {
    for (int commit = 0; commit < count; commit++) {
      town.append(table, 0, 10, 10);
      town.compactor("compactor").compact(table, CompactorTown.FAR);
    }
  }

  private MaintenanceReport maintain(Table table) throws Exception {
    return new TableMaintainer(
            town.metadata,
            town.records,
            town.lake::table,
            town.settings("maintainer"),
            MaintainedLake.SETTINGS,
            (InstantSource) () -> town.now)
        .maintain(table, CompactorTown.FAR);
  }
}
