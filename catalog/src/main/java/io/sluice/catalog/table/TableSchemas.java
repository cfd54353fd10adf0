package io.sluice.catalog.table;

import io.sluice.catalog.table.CatalogException.Reason;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.jspecify.annotations.Nullable;

/**
 * Changes of tables' columns. The lake comes first: it says which ids columns have, and then the
 * table record takes over what the lake table has. So a change that stopped on the way, or that
 * another engine made, is completed by whoever looks next.
 */
final class TableSchemas {

  private static final int ATTEMPTS = 5;

  private final TableRecords records;
  private final LakeTables lakeTables;
  private final LevelGuard levels;

  TableSchemas(TableRecords records, LakeTables lakeTables, LevelGuard levels) {
    this.records = records;
    this.lakeTables = lakeTables;
    this.levels = levels;
  }

  /**
   * Changes columns, all or none.
   *
   * @return the table as it is then
   */
  Table alter(TableName name, ColumnChanges changes) throws CatalogException {
    if (DeadLetters.isName(name)) {
      throw invalid(name, "it takes dead letters, whose columns are what they are", null);
    }
    levels.require(TableLevels.ofEvolution(name));
    CatalogException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Table before = stored(name).table();
      org.apache.iceberg.Table lake = lakeTables.lakeTable(before);
      Optional<Table> completed = complete(before, lake, changes);
      if (completed.isPresent()) {
        return completed.get();
      }
      try {
        commit(before, lake, changes);
        return adopt(name);
      } catch (RuntimeException e) {
        // Someone else was faster; or it was committed, and the next look finds that in the lake.
        last = LakeTables.failed("alter the columns of " + name, e);
      }
    }
    throw last != null ? last : busy(name);
  }

  /**
   * Has the record take over what the lake has more than it.
   *
   * @return the table, if that was what is asked for now
   */
  private Optional<Table> complete(
      Table before, org.apache.iceberg.Table lake, ColumnChanges changes) throws CatalogException {
    if (lake.schema().sameSchema(before.schema())) {
      return Optional.empty();
    }
    boolean asked = changes.areBetween(before.schema(), lake.schema());
    Table adopted = adopt(before.name());
    return asked ? Optional.of(adopted) : Optional.empty();
  }

  private void commit(Table table, org.apache.iceberg.Table lake, ColumnChanges changes)
      throws CatalogException {
    UpdateSchema update = lake.updateSchema();
    Schema wanted;
    try {
      changes.applyTo(update, lake.schema());
      wanted = update.apply();
      SchemaRules.checkChange(table, lake.schema(), wanted);
      var unusedSpec = table.options().lakePartitioning().spec(wanted);
    } catch (RuntimeException e) {
      // Nothing was asked of anybody yet. Iceberg has many kinds, some without a word.
      String why = e.getMessage();
      throw invalid(table.name(), why == null ? "they don't go together: " + changes : why, e);
    }
    levels.require(TableLevels.ofSchemas(table.name(), List.of(wanted)));
    update.commit();
  }

  /**
   * Has the table record tell of the schemas that the lake table has.
   *
   * @return the table as it is then
   * @throws CatalogException INVALID if rows of Sluice can't have the lake table's columns
   */
  Table adopt(TableName name) throws CatalogException {
    CatalogException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TableRecords.Stored stored = stored(name);
      Table old = stored.table();
      org.apache.iceberg.Table lake = lakeTables.lakeTable(old);
      if (old.hasSchema(lake.schema())) {
        return old;
      }
      Table changed = adopted(old, lake);
      levels.require(TableLevels.ofSchemas(name, changed.schemas().values()));
      try {
        if (records.replace(stored, changed)) {
          return changed;
        }
      } catch (CatalogException e) {
        // It may have been replaced: then the next look finds nothing left to take over.
        last = e;
      }
    }
    throw last != null ? last : busy(name);
  }

  private static Table adopted(Table old, org.apache.iceberg.Table lake) throws CatalogException {
    try {
      requireSameMeaning(old, lake);
      SchemaRules.checkChange(old, old.schema(), lake.schema());
      return old.withSchemas(lake.schemas(), lake.schema().schemaId());
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.INVALID,
          "the lake table of "
              + old.name()
              + " has columns that the table can't have: "
              + e.getMessage()
              + ". Rows are written as before; undo the change there",
          e);
    }
  }

  /**
   * An engine that goes back to an older schema and cleans up leaves ids behind that the lake table
   * gives to others then; but rows in the log may have the first one of that id.
   */
  private static void requireSameMeaning(Table old, org.apache.iceberg.Table lake) {
    Schema known = old.schemas().get(lake.schema().schemaId());
    if (known != null && !known.sameSchema(lake.schema())) {
      throw new IllegalArgumentException(
          "its schema "
              + known.schemaId()
              + " isn't the one that had this number before, which rows in the log may have;"
              + " change it once more, so that it gets another number");
    }
  }

  private TableRecords.Stored stored(TableName name) throws CatalogException {
    Optional<TableRecords.Stored> stored = records.findStored(name);
    if (stored.isEmpty() || records.isDropped(stored.get().table().id())) {
      throw new CatalogException(Reason.NOT_FOUND, "table " + name + " does not exist");
    }
    return stored.get();
  }

  private static CatalogException busy(TableName name) {
    return new CatalogException(
        Reason.UNAVAILABLE, "table " + name + " is being altered by others; try again");
  }

  private static CatalogException invalid(TableName name, String why, @Nullable Exception cause) {
    return new CatalogException(
        Reason.INVALID, "can't alter the columns of table " + name + ": " + why, cause);
  }
}
