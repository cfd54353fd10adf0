package io.sluice.gateway.tables;

import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.table.TableName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a table is.
 *
 * @param table its name
 * @param figures how much it has; empty if that isn't known, as when an owner can't be asked
 * @param lastError why some of that isn't known, else why the table's last compaction failed; null
 *     if nothing is wrong
 * @param maintenance how the maintenance of its lake table went
 */
public record TableStatus(
    TableName table,
    Optional<Figures> figures,
    @Nullable String lastError,
    MaintenanceNote maintenance) {

  /**
   * How much a table has.
   *
   * @param buckets number of buckets
   * @param rows number of rows it ever got
   * @param notInLake those of them that the lake doesn't have yet
   * @param secondsNotInLake age of the oldest of those
   */
  public record Figures(int buckets, long rows, LakeLag notInLake, double secondsNotInLake) {}

  /** Returns the status of a table of which nothing is known but what went wrong. */
  static TableStatus unknown(TableName table, String why) {
    return new TableStatus(table, Optional.empty(), why, MaintenanceNote.NONE);
  }
}
