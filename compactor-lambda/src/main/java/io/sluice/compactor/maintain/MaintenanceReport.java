package io.sluice.compactor.maintain;

import io.sluice.catalog.table.TableName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one call of {@link TableMaintainer#maintain} did for a table.
 *
 * @param table the table
 * @param done by step, how many files, manifests or snapshots it took away or replaced; steps that
 *     weren't due are missing
 */
public record MaintenanceReport(TableName table, SortedMap<String, Long> done) {

  public MaintenanceReport {
    done = Collections.unmodifiableSortedMap(new TreeMap<>(done));
  }

  /** Tells whether anything was changed. */
  public boolean changedAnything() {
    return done.values().stream().anyMatch(count -> count > 0);
  }
}
