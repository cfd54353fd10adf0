package io.sluice.compactor;

import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.Seam.Part;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;

/** A worker's way to the lake's catalog. */
final class SeamCatalog implements Catalog {

  private final Catalog catalog;
  private final Seam seam;
  private final UnaryOperator<TableOperations> change;

  /**
   * @param change what a test makes of the operations, below the seam
   */
  SeamCatalog(Catalog catalog, Seam seam, UnaryOperator<TableOperations> change) {
    this.catalog = catalog;
    this.seam = seam;
    this.change = change;
  }

  @Override
  public Table loadTable(TableIdentifier identifier) {
    Table table = call("loadTable", () -> catalog.loadTable(identifier));
    TableOperations operations = ((HasTableOperations) table).operations();
    return new BaseTable(new Operations(change.apply(operations)), table.name());
  }

  @Override
  public List<TableIdentifier> listTables(Namespace namespace) {
    throw new UnsupportedOperationException("a compactor lists nothing");
  }

  @Override
  public boolean dropTable(TableIdentifier identifier, boolean purge) {
    throw new UnsupportedOperationException("a compactor drops nothing");
  }

  @Override
  public void renameTable(TableIdentifier from, TableIdentifier to) {
    throw new UnsupportedOperationException("a compactor renames nothing");
  }

  private <T> T call(String name, Supplier<T> act) {
    return seam.call(
        Part.CATALOG, name, act, fate -> new ServiceUnavailableException("503 at %s", name));
  }

  private static RuntimeException commitFailure(Fate fate) {
    return fate == Fate.REFUSED || fate == Fate.DENIED
        ? new CommitFailedException("409: someone else has changed it")
        : new CommitStateUnknownException(new IllegalStateException("no answer"));
  }

  private final class Operations extends PassingOperations {

    Operations(TableOperations operations) {
      super(operations);
    }

    @Override
    public TableMetadata current() {
      return call("current", super::current);
    }

    @Override
    public TableMetadata refresh() {
      return call("refresh", super::refresh);
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      var unused =
          seam.call(
              Part.CATALOG,
              "commit",
              () -> {
                super.commit(base, metadata);
                return base;
              },
              SeamCatalog::commitFailure);
    }
  }
}
