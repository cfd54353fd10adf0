package io.sluice.gateway.tables;

import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.compaction.MaintenanceNotes;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.Table;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What compactors say of tables, whatever process they are in.
 *
 * @param errors why compaction failed
 * @param notes how maintenance went
 */
public record LakeReports(CompactionErrors errors, MaintenanceNotes notes) {

  /** Reads from a metadata store, which stays the caller's. */
  public static LakeReports in(MetadataStore store) {
    return new LakeReports(new CompactionErrors(store), new MaintenanceNotes(store));
  }

  /**
   * What they say of one table.
   *
   * @param error why its last compaction failed; empty if it didn't
   * @param maintenance how its maintenance went
   */
  record Report(Optional<CompactionError> error, MaintenanceNote maintenance) {}

  CompletableFuture<Report> of(Table table) {
    return errors.of(table.id()).thenCombine(notes.of(table), Report::new);
  }
}
