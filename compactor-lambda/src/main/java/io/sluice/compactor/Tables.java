package io.sluice.compactor;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
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
}
