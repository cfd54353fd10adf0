package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.maintain.MaintenanceThread;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MaintenanceThreadTest {

  @TempDir Path folder;

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
