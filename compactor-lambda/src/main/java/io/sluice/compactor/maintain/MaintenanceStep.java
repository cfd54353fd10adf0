package io.sluice.compactor.maintain;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import java.time.Instant;

/** Does one {@link Step}. Two workers may do it for the same table at the same time. */
interface MaintenanceStep {

  /**
   * Does what is due now.
   *
   * @param deadline when no further piece of work is begun
   */
  StepResult run(Table table, Instant deadline)
      throws CompactionException, MetadataException, InterruptedException;
}
