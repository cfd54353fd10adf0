package io.sluice.compactor;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;

/** Where a compactor finds the tables. Calls block. Thread-safe. */
public interface Tables {

  /** Lists all tables of all databases. */
  List<TableName> list() throws CatalogException;

  /**
   * Loads a table as it is now.
   *
   * @throws CatalogException NOT_FOUND if there is none of that name
   */
  Table load(TableName name) throws CatalogException;

  /** Returns the tables of a catalog. */
  static Tables of(TableCatalog catalog) {
    return new Tables() {
      @Override
      public List<TableName> list() throws CatalogException {
        List<TableName> tables = new ArrayList<>();
        for (String database : catalog.listDatabases()) {
          tables.addAll(catalog.listTables(database));
        }
        return tables;
      }

      @Override
      public Table load(TableName name) throws CatalogException {
        return catalog.load(name);
      }
    };
  }
}
