package io.sluice.compactor;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Tables of which some calls fail with an Error, as in a process that lacks a class. */
final class FailingTables implements Tables {

  /** How many calls are to fail yet; below 0 once others have passed. */
  final AtomicInteger lists = new AtomicInteger();

  /** Likewise. */
  final AtomicInteger loads = new AtomicInteger();

  private final Tables tables;

  FailingTables(Tables tables) {
    this.tables = tables;
  }

  @Override
  public List<TableName> list() throws CatalogException {
    failSome(lists);
    return tables.list();
  }

  @Override
  public Table load(TableName name) throws CatalogException {
    failSome(loads);
    return tables.load(name);
  }

  @Override
  public Optional<String> adoptColumns(TableName name) {
    return tables.adoptColumns(name);
  }

  private static void failSome(AtomicInteger calls) {
    if (calls.getAndDecrement() > 0) {
      throw new NoClassDefFoundError("some/Class");
    }
  }
}
