package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.FaultyMetadata.Died;
import io.sluice.compactor.FaultyMetadata.Fate;
import io.sluice.compactor.commit.ResultManifest;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.work.PlanResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class OrphanRemovalTest {

  private static final Duration GUARD = MaintainedLake.SETTINGS.orphanAge();

  @TempDir Path folder;
  private CompactorTown town;
  private MaintainedLake lake;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    lake = new MaintainedLake(town);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  private Path stray(Table table, String name) throws Exception {
    Path location = Path.of(table.location().substring("file://".length()));
    return Files.writeString(Files.createDirectories(location.resolve("data")).resolve(name), "?");
  }

  @Test
  void whatNothingRefersToGoesOnceItIsOlderThanTheGuard() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 3);
    Path old = stray(table, "old.parquet");
    Path hidden = stray(table, ".half.parquet.tmp");
    lake.pass(GUARD.plusHours(1));
    Path young = stray(table, "young.parquet");
    lake.commits(table, 1);

    assertThat(lake.maintain(table).done().get("orphans")).isGreaterThanOrEqualTo(2L);

    assertThat(old).doesNotExist();
    assertThat(hidden).doesNotExist();
    assertThat(young).exists();
    lake.assertWhole(table);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void filesOfOtherTablesAndBesideTheTableStay() throws Exception {
    Table table = town.table("t", 1);
    Table other = town.table("t2", 1);
    lake.commits(table, 1);
    lake.commits(other, 1);
    Path beside = Files.writeString(folder.resolve("db").resolve("stray.parquet"), "?");
    Path others = stray(other, "old.parquet");
    lake.pass(GUARD.plusDays(1));

    lake.maintain(table);

    assertThat(beside).exists();
    assertThat(others).exists();
    lake.assertWhole(other);
  }

  @Test
  void aResultThatWaitsForItsCommitStays() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 1);
    town.append(table, 0, 10, 10);
    // The worker dies between its result and the commit.
    AtomicInteger calls = new AtomicInteger();
    int step = 0;
    while (town.work(table).plans().stream().noneMatch(plan -> plan.result() != null)) {
      int last = ++step;
      calls.set(0);
      compacts(
          new FaultyMetadata(
              town.metadata, () -> calls.incrementAndGet() == last ? Fate.DIES_AFTER : Fate.WELL),
          table);
      town.now = town.now.plus(Duration.ofHours(1));
    }
    List<Path> waiting = resultFiles(table);
    assertThat(waiting).hasSize(2).allSatisfy(file -> assertThat(file).exists());
    lake.pass(GUARD.plusDays(1));

    lake.maintain(table);

    assertThat(waiting).allSatisfy(file -> assertThat(file).exists());
    town.compactor("next").compact(table, CompactorTown.FAR);
    town.assertLakeEqualsLog(table);
    lake.assertWhole(table);
  }

  /** Returns the manifest of the one result in the work record, and the file in it. */
  private List<Path> resultFiles(Table table) throws Exception {
    PlanResult result = Objects.requireNonNull(town.work(table).plans().get(0).result());
    org.apache.iceberg.Table iceberg = town.iceberg(table);
    try (CloseableIterable<DataFile> files =
        ManifestFiles.read(ResultManifest.toRead(result), iceberg.io(), iceberg.specs())) {
      return List.of(path(result.manifest()), path(files.iterator().next().location()));
    }
  }

  private static Path path(String location) {
    return Path.of(location.substring("file://".length()));
  }

  @Test
  void aWorkerThatSleptThroughItAllCanNotCommitWhatIsGone() throws Exception {
    boolean reached = true;
    for (int step = 1; reached; step++) {
      int at = step;
      Table table = town.table("t" + step, 1);
      lake.commits(table, 1);
      town.append(table, 0, 10, 10);
      AtomicInteger calls = new AtomicInteger();
      FaultyMetadata sleeping =
          new FaultyMetadata(
              town.metadata,
              () -> {
                if (calls.incrementAndGet() == at) {
                  sleeps(table);
                }
                return Fate.WELL;
              });

      compacts(sleeping, table);

      reached = calls.get() >= at;
      lake.assertWhole(table);
      lake.pass(Duration.ofHours(25));
      town.compactor("next").compact(table, CompactorTown.FAR);
      lake.assertWhole(table);
      town.assertLakeEqualsLog(table);
    }
  }

  /** The worker sleeps for days, with what it has written; meanwhile its files become orphans. */
  private void sleeps(Table table) {
    try {
      for (int day = 0; day < 2; day++) {
        lake.pass(GUARD.plusHours(1));
        var unused = lake.maintain(table);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTableThatIsNotTheOnlyOwnerOfItsFilesKeepsThem() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 1);
    Path old = stray(table, "old.parquet");
    town.iceberg(table).updateProperties().set(TableProperties.GC_ENABLED, "false").commit();
    lake.pass(GUARD.plusDays(1));

    lake.maintain(table);

    assertThat(old).exists();
  }

  @Test
  void withoutItsOwnMetadataInTheListingNothingIsDeleted() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 1);
    town.iceberg(table)
        .updateProperties()
        .set(TableProperties.WRITE_METADATA_LOCATION, "file://" + folder.resolve("elsewhere"))
        .commit();
    Path old = stray(table, "old.parquet");
    lake.pass(GUARD.plusDays(1));

    assertThatThrownBy(() -> lake.maintain(table))
        .isInstanceOf(CompactionException.class)
        .hasMessageContaining("don't include the table's metadata");
    assertThat(old).exists();
    lake.assertWhole(table);
  }

  private void compacts(FaultyMetadata metadata, Table table) throws InterruptedException {
    try {
      var unused =
          town.compactor(metadata, "sleeper", PlanLimits.DEFAULT).compact(table, CompactorTown.FAR);
    } catch (Died e) {
      assertThat(metadata.died()).isTrue();
    } catch (CompactionException e) {
      assertThat(e.reason()).isEqualTo(CompactionException.Reason.UNAVAILABLE);
    }
  }
}
