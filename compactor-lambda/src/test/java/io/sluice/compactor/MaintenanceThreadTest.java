package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.compactor.maintain.MaintenanceThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MaintenanceThreadTest {

  @TempDir Path folder;

  @Test
  void whatWasLeftInTheFolderOfAPurgedTableIsDeletedLater() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      Table purged = town.table("purged", 1);
      // Asked for so long ago that nobody can be at work on the table any more.
      Clock then = Clock.fixed(Instant.now().minus(Duration.ofDays(400)), ZoneOffset.UTC);
      new TableCatalog(town.metadata, town.lake, then).dropTable(purged.name(), false, true);
      Path late = Path.of(purged.location().substring("file://".length()), "data", "late.parquet");
      Files.createDirectories(late.getParent());
      Files.writeString(late, "late");
      try (MaintenanceThread thread =
          MaintenanceThread.start(
              new MaintainedLake(town).maintainer(town.metadata, "thread"),
              Tables.of(town.catalog),
              town.catalog.purges(),
              MaintainedLake.SETTINGS)) {
        assertThat(thread).isNotNull();
        Eventually.holds(
            "the late file is gone", Duration.ofSeconds(90), () -> !Files.exists(late));
      }
    }
  }

  @Test
  void anErrorEndsNoMoreThanItsRound() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      MaintainedLake lake = new MaintainedLake(town);
      Table table = town.table("t", 1);
      lake.commits(table, 3);
      ForeignEngine engine = new ForeignEngine(town.iceberg(table));
      FailingTables tables = new FailingTables(Tables.of(town.catalog));
      tables.lists.set(1);
      try (MaintenanceThread thread =
          MaintenanceThread.start(
              lake.maintainer(town.metadata, "thread"),
              tables,
              town.catalog.purges(),
              MaintainedLake.SETTINGS)) {
        assertThat(thread).isNotNull();
        Eventually.holds(
            "three files are one", Duration.ofSeconds(90), () -> engine.files().size() == 1);
      }
      assertThat(tables.lists.get()).isNegative();
    }
  }

  @Test
  void allTablesHaveTheirTurnAlthoughOneIsBroken() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      MaintainedLake lake = new MaintainedLake(town);
      Table broken = town.table("broken", 1);
      Table well = town.table("well", 1);
      lake.commits(broken, 1);
      lake.commits(well, 3);
      town.lake.icebergCatalog().dropTable(TableIdentifier.of("db", broken.name().table()), false);
      ForeignEngine engine = new ForeignEngine(town.iceberg(well));
      try (MaintenanceThread thread =
          MaintenanceThread.start(
              lake.maintainer(town.metadata, "thread"),
              Tables.of(town.catalog),
              town.catalog.purges(),
              MaintainedLake.SETTINGS)) {
        assertThat(thread).isNotNull();
        Eventually.holds(
            "three files are one", Duration.ofSeconds(90), () -> engine.files().size() == 1);
      }
      town.assertLakeEqualsLog(well);
      lake.assertWhole(well);
    }
  }
}
