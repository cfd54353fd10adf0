package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.table.TableName;
import org.jspecify.annotations.Nullable;

/**
 * How a table is.
 *
 * @param table its name
 * @param buckets number of buckets
 * @param rows number of rows it ever got
 * @param notInLake those of them that the lake doesn't have yet
 * @param secondsNotInLake age of the oldest of those
 * @param lastError why some of that isn't known, else why the table's last compaction failed; null
 *     if nothing is wrong
 * @param maintenance how the maintenance of its lake table went
 */
public record TableStatus(
    TableName table,
    int buckets,
    long rows,
    LakeLag notInLake,
    double secondsNotInLake,
    @Nullable String lastError,
    MaintenanceNote maintenance) {

  /** Returns the status of a table of which nothing is known but what went wrong. */
  static TableStatus unknown(TableName table, String why) {
    return new TableStatus(table, 0, 0, LakeLag.NONE, 0, why, MaintenanceNote.NONE);
  }

  /** Returns whether more is known than what went wrong: a table has buckets. */
  public boolean isKnown() {
    return buckets > 0;
  }
}
