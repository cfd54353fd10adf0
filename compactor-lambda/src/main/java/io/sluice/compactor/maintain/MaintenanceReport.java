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
 * @param bytes by step, how many bytes those were, as far as that is known
 */
public record MaintenanceReport(
    TableName table, SortedMap<String, Long> done, SortedMap<String, Long> bytes) {

  public MaintenanceReport {
    done = Collections.unmodifiableSortedMap(new TreeMap<>(done));
    bytes = Collections.unmodifiableSortedMap(new TreeMap<>(bytes));
  }

  /** Returns the report of a call that found nothing to do. */
  static MaintenanceReport nothing(TableName table) {
    return new MaintenanceReport(table, new TreeMap<>(), new TreeMap<>());
  }

  /** Tells whether anything was changed. */
  public boolean changedAnything() {
    return done.values().stream().anyMatch(count -> count > 0);
  }
}
