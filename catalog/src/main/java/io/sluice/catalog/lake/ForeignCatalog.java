package io.sluice.catalog.lake;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.BaseMetastoreCatalog;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sluice's catalog as other engines may use it. Tables of their own they may make, change, rename
 * and drop as they like. The lake tables of Sluice's tables take their commits, unless those would
 * harm what Sluice relies on; they are made, renamed and dropped through Sluice alone.
 *
 * <p>Closing it does not close the catalog behind it. Thread-safe.
 */
public final class ForeignCatalog extends BaseMetastoreCatalog implements SupportsNamespaces {

  private static final String DROP =
      "use DROP TABLE in Flink SQL, 'sluice table drop', or DELETE"
          + " /v1/databases/{database}/tables/{table}";
  private static final String RENAME =
      "its name stays; make another table, and insert the rows there";

  private static final Logger LOG = LoggerFactory.getLogger(ForeignCatalog.class);

  private final SluiceCatalog catalog;
  private final TableCatalog tables;
  private final ForeignTableRules rules;

  ForeignCatalog(SluiceCatalog catalog, TableCatalog tables) {
    this(catalog, tables, database -> true);
  }

  private ForeignCatalog(
      SluiceCatalog catalog, TableCatalog tables, Predicate<String> administered) {
    this.catalog = catalog;
    this.tables = tables;
    this.rules = new ForeignTableRules(catalog.warehouse(), administered);
  }

  /**
   * Returns this catalog for one who administers some databases: into other databases' folders it
   * puts no tables, and it registers no metadata files of there.
   *
   * @param administered says so of a name; there may be no such database
   */
  public ForeignCatalog forOneWhoAdministers(Predicate<String> administered) {
    return new ForeignCatalog(catalog, tables, administered);
  }

  @Override
  public String name() {
    return catalog.name();
  }

  @Override
  public void initialize(String name, Map<String, String> ignored) {
    throw new UnsupportedOperationException("a ForeignCatalog is opened over another catalog");
  }

  @Override
  protected Map<String, String> properties() {
    return catalog.properties();
  }

  @Override
  protected boolean isValidIdentifier(TableIdentifier identifier) {
    return catalog.isValidIdentifier(identifier);
  }

  /**
   * Returns where a table's current metadata file is; empty if there is no such table, or no such
   * file. The file isn't read.
   */
  public Optional<String> metadataLocation(TableIdentifier identifier) {
    return catalog.metadataLocation(identifier);
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier identifier) {
    return new GuardedOperations(identifier, catalog.newTableOps(identifier), this);
  }

  @Override
  protected String defaultWarehouseLocation(TableIdentifier identifier) {
    return catalog.defaultWarehouseLocation(identifier);
  }

  @Override
  public TableBuilder buildTable(TableIdentifier identifier, Schema schema) {
    requireName(identifier);
    return super.buildTable(identifier, schema);
  }

  @Override
  public org.apache.iceberg.Table registerTable(
      TableIdentifier identifier, String metadataFileLocation) {
    requireName(identifier);
    rules.requireFree("a metadata file", metadataFileLocation);
    rules.requireAdministered("a metadata file", metadataFileLocation);
    return super.registerTable(identifier, metadataFileLocation);
  }

  @Override
  public List<TableIdentifier> listTables(Namespace namespace) {
    return catalog.listTables(namespace);
  }

  @Override
  public boolean dropTable(TableIdentifier identifier, boolean purge) {
    return isValidIdentifier(identifier)
        && catalog.dropIf(
            identifier,
            purge,
            location -> {
              requireForeign(identifier, location, "dropped", DROP);
              return true;
            });
  }

  @Override
  public void renameTable(TableIdentifier from, TableIdentifier to) {
    requireName(to);
    requireNoRecord(to);
    catalog.rename(from, to, location -> requireForeign(from, location, "renamed", RENAME));
  }

  @Override
  public void createNamespace(Namespace namespace, Map<String, String> metadata) {
    catalog.createNamespace(namespace, metadata);
  }

  @Override
  public List<Namespace> listNamespaces(Namespace namespace) {
    return catalog.listNamespaces(namespace);
  }

  @Override
  public Map<String, String> loadNamespaceMetadata(Namespace namespace) {
    return catalog.loadNamespaceMetadata(namespace);
  }

  @Override
  public boolean dropNamespace(Namespace namespace) {
    return catalog.dropNamespace(namespace);
  }

  @Override
  public boolean setProperties(Namespace namespace, Map<String, String> changed) {
    return catalog.setProperties(namespace, changed);
  }

  @Override
  public boolean removeProperties(Namespace namespace, Set<String> removed) {
    return catalog.removeProperties(namespace, removed);
  }

  /** Returns the catalog behind this one. */
  SluiceCatalog sluiceCatalog() {
    return catalog;
  }

  /** Returns what tables of other engines are held to. */
  ForeignTableRules rules() {
    return rules;
  }

  /** Returns the Sluice table of that name; empty if there is none. */
  Optional<Table> sluiceTable(TableIdentifier identifier) {
    try {
      return Optional.of(
          tables.load(new TableName(identifier.namespace().level(0), identifier.name())));
    } catch (CatalogException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw new ServiceUnavailableException(e, "%s", e.getMessage());
    }
  }

  /**
   * Has a Sluice table take over the columns that an engine has given its lake table. If that can't
   * be now, the next compaction or maintenance of the table does it.
   */
  void columnsChanged(TableIdentifier identifier) {
    try {
      if (sluiceTable(identifier).isPresent()) {
        var unused =
            tables.adoptColumns(new TableName(identifier.namespace().level(0), identifier.name()));
      }
    } catch (CatalogException | RuntimeException e) {
      // The engine's commit was applied: nothing that fails after it may be told as its failure.
      LOG.warn("The new columns of {} can't be taken over yet: {}", identifier, e.getMessage());
    }
  }

  /** Refuses to give a name away that a Sluice table has, be its lake table there or not. */
  void requireNoRecord(TableIdentifier identifier) {
    if (sluiceTable(identifier).isPresent()) {
      throw new ForbiddenException(
          "%s is a table of Sluice, which makes its lake table itself; choose another name",
          identifier);
    }
  }

  private void requireForeign(
      TableIdentifier identifier, String metadataLocation, String how, String instead) {
    if (rules.isOurs(metadataLocation)) {
      throw new ForbiddenException(
          "%s is a table of Sluice and can't be %s here: %s", identifier, how, instead);
    }
  }

  private static void requireName(TableIdentifier identifier) {
    if (identifier.namespace().length() != 1) {
      throw new IllegalArgumentException(
          "Invalid table identifier: "
              + identifier
              + ": a namespace is a Sluice database and has one level");
    }
    var unused = new TableName(identifier.namespace().level(0), identifier.name());
  }
}
