package io.sluice.catalog.lake;

import io.sluice.catalog.table.Table;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Operations of another engine on one table. Each commit is checked on exactly the metadata that it
 * replaces. An engine deletes the files of a commit that it takes for failed, so whatever isn't
 * known to have failed is answered as unknown.
 */
final class GuardedOperations extends ForwardingOperations {

  private final TableIdentifier identifier;
  private final ForeignCatalog catalog;
  private boolean committed;

  GuardedOperations(
      TableIdentifier identifier, TableOperations operations, ForeignCatalog catalog) {
    super(operations);
    this.identifier = identifier;
    this.catalog = catalog;
  }

  @Override
  public @Nullable TableMetadata current() {
    try {
      return operations.current();
    } catch (RuntimeException e) {
      throw committed ? unknown(e) : e;
    }
  }

  @Override
  public TableMetadata refresh() {
    try {
      return operations.refresh();
    } catch (RuntimeException e) {
      throw committed ? unknown(e) : e;
    }
  }

  @Override
  public void commit(@Nullable TableMetadata base, TableMetadata updated) {
    if (base == null) {
      checkCreation(updated);
    } else {
      check(base, updated);
    }
    try {
      operations.commit(base, updated);
    } catch (CommitFailedException
        | CommitStateUnknownException
        | AlreadyExistsException
        | ServiceUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unknown(e);
    }
    committed = true;
    if (base == null) {
      settle();
    } else if (!base.schema().sameSchema(updated.schema())
        || base.currentSchemaId() != updated.currentSchemaId()) {
      catalog.columnsChanged(identifier);
    }
  }

  private void checkCreation(TableMetadata created) {
    catalog.rules().check(null, created);
    catalog.requireNoRecord(identifier);
  }

  private void check(TableMetadata base, TableMetadata updated) {
    String id = base.property(LakeProperties.TABLE_ID, "");
    if (id.isEmpty()) {
      catalog.rules().check(base, updated);
      return;
    }
    Optional<Table> table =
        catalog.sluiceTable(identifier).filter(found -> found.id().toString().equals(id));
    if (table.isEmpty()) {
      throw new CommitFailedException(
          "Cannot commit to %s: Sluice is making or dropping this table; load it again",
          identifier);
    }
    SluiceTableRules.check(table.get(), base, updated);
    SluiceTableRules.requireReadable(base, updated, operations.io());
  }

  /** Takes a table back that was made in a database while that was dropped. */
  private void settle() {
    boolean there;
    try {
      there = catalog.sluiceCatalog().touch(identifier.namespace());
      if (!there) {
        catalog.dropTable(identifier, false);
      }
    } catch (RuntimeException e) {
      throw unknown(e);
    }
    if (!there) {
      throw new NoSuchNamespaceException("Namespace does not exist: %s", identifier.namespace());
    }
  }

  private CommitStateUnknownException unknown(RuntimeException e) {
    return new CommitStateUnknownException(
        "The commit to " + identifier + " may have been applied: " + e.getMessage(), e);
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return operations.temp(uncommitted);
  }
}
