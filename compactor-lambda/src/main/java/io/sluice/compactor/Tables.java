package io.sluice.compactor;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

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

  /**
   * Has a table take over the columns that another engine has given its lake table.
   *
   * @return why it can't, which is logged too: rows are compacted all the same; empty if it has
   */
  Optional<String> adoptColumns(TableName name);

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

      @Override
      public Optional<String> adoptColumns(TableName name) {
        try {
          var unused = catalog.adoptColumns(name);
          return Optional.empty();
        } catch (CatalogException e) {
          LoggerFactory.getLogger(Tables.class)
              .warn("The columns of {} stay as they are: {}", name, e.getMessage());
          return e.reason() == CatalogException.Reason.NOT_FOUND
              ? Optional.empty()
              : Optional.of(String.valueOf(e.getMessage()));
        }
      }
    };
  }
}
