package io.sluice.catalog.table;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.CatalogException.Reason;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/** Drops tables, and finishes drops that stopped on the way. Blocks; thread-safe. */
final class TableDrops {

  private final TableRecords records;
  private final LakeTables lakeTables;
  private final DroppedLogs droppedLogs;
  private final Purges purges;
  private final InstantSource clock;

  TableDrops(
      TableRecords records,
      LakeTables lakeTables,
      DroppedLogs droppedLogs,
      Purges purges,
      InstantSource clock) {
    this.records = records;
    this.lakeTables = lakeTables;
    this.droppedLogs = droppedLogs;
    this.purges = purges;
    this.clock = clock;
  }

  /** See {@link TableCatalog#dropTable}. */
  void drop(TableName name, boolean ifExists, boolean purge) throws CatalogException {
    Optional<Table> table = records.find(name);
    if (table.isPresent()) {
      drop(table.get(), purge);
      return;
    }
    Optional<Table> leftover = lakeTables.leftover(name);
    if (leftover.isPresent() && !records.isDropped(leftover.get().id())) {
      // Its creation has stopped, or is about to make the record, and then sees the mark.
      lakeTables.requireNotLost(leftover.get(), records);
      drop(leftover.get(), purge);
      return;
    }
    if (leftover.isPresent()) {
      if (purge) {
        purges.ask(leftover.get(), clock.instant());
      }
      finish(name, leftover.get().id());
    }
    boolean purged = purge && purges.finish(name);
    if (leftover.isEmpty() && !purged && !ifExists) {
      throw new CatalogException(Reason.NOT_FOUND, "table " + name + " does not exist");
    }
  }

  private void drop(Table table, boolean purge) throws CatalogException {
    if (purge) {
      lakeTables.requirePurgeable(table);
      purges.ask(table, clock.instant());
    } else {
      purges.forget(table);
    }
    records.markDropped(table.id(), table.name());
    markLog(table);
    records.delete(table.name(), table.id());
    finish(table.name(), table.id());
    if (purge) {
      var unused = purges.finish(table.name());
    }
  }

  /** Does what is left of a drop once the table's record is gone, but for a purge. */
  void finish(TableName name, UUID tableId) throws CatalogException {
    // In this order: as long as there is a lake table, the next call knows what to finish.
    records.deleteParts(tableId);
    lakeTables.drop(name, tableId, clock.instant());
  }

  private void markLog(Table table) throws CatalogException {
    try {
      droppedLogs.mark(table.incarnation(), clock.instant());
    } catch (MetadataException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "drop table " + table.name() + ": " + e.getMessage(), e);
    }
  }
}
