package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.Expiry;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.iceberg.TableProperties;

/** Removes snapshots that are older than the table keeps them, and the files that only they had. */
final class ExpireStep implements MaintenanceStep {

  private final TableLooks looks;
  private final int keep;
  private final InstantSource clock;

  ExpireStep(TableLooks looks, int keep, InstantSource clock) {
    this.looks = looks;
    this.keep = keep;
    this.clock = clock;
  }

  @Override
  public StepResult run(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    Attempts attempts = new Attempts(table.name(), "expiry");
    while (true) {
      TableLook look = looks.look(table);
      Instant before = clock.instant().minus(table.options().lakeSnapshotRetention());
      int asked =
          look.view()
              .metadata()
              .propertyAsInt(
                  TableProperties.MIN_SNAPSHOTS_TO_KEEP,
                  TableProperties.MIN_SNAPSHOTS_TO_KEEP_DEFAULT);
      Expiry expiry = new Expiry(before, Math.max(keep, asked));
      int snapshots = look.lake().expirable(look.view(), expiry);
      if (snapshots == 0) {
        return StepResult.NOTHING;
      }
      Outcome outcome = look.lake().expire(look.view(), expiry);
      if (outcome instanceof Outcome.Committed) {
        return new StepResult(snapshots, 0);
      }
      if (!attempts.again(outcome)) {
        return StepResult.NOTHING;
      }
    }
  }
}
