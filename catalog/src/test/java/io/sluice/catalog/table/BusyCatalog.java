package io.sluice.catalog.table;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/** A catalog in which someone else commits to a table just before each of some commits. */
final class BusyCatalog implements Catalog {

  private final Catalog catalog;
  private int commits;

  BusyCatalog(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Has someone else commit before each of the next so many commits. */
  void interfere(int times) {
    commits = times;
  }

  /** Returns how many of these commits are still to come. */
  int commitsLeft() {
    return commits;
  }

  @Override
  public Table loadTable(TableIdentifier identifier) {
    Table table = catalog.loadTable(identifier);
    TableOperations operations = ((HasTableOperations) table).operations();
    TableOperations busy =
        (TableOperations)
            Proxy.newProxyInstance(
                TableOperations.class.getClassLoader(),
                new Class<?>[] {TableOperations.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("commit") && commits > 0) {
                    catalog
                        .loadTable(identifier)
                        .updateProperties()
                        .set("someone.else", Integer.toString(commits--))
                        .commit();
                  }
                  try {
                    return method.invoke(operations, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                  }
                });
    return new BaseTable(busy, table.name());
  }

  @Override
  public List<TableIdentifier> listTables(Namespace namespace) {
    return catalog.listTables(namespace);
  }

  @Override
  public boolean dropTable(TableIdentifier identifier, boolean purge) {
    return catalog.dropTable(identifier, purge);
  }

  @Override
  public void renameTable(TableIdentifier from, TableIdentifier to) {
    catalog.renameTable(from, to);
  }
}
