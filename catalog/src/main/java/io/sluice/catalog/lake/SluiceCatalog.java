package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Databases;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.iceberg.BaseMetastoreCatalog;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.LocationUtil;
import org.apache.iceberg.util.PropertyUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Iceberg catalog that keeps the pointers to tables' metadata files in Sluice's own metadata
 * store, at {@code /lake/<namespace>/<table>}. A namespace has one level and is a Sluice database.
 */
public final class SluiceCatalog extends BaseMetastoreCatalog implements SupportsNamespaces {

  private static final Logger LOG = LoggerFactory.getLogger(SluiceCatalog.class);

  private final LakeNames names;
  private final Databases databases;
  private final PurgeCheck purges;
  private final FileIO io;
  private final String warehouse;
  private final Map<String, String> properties;

  /**
   * Opens the catalog.
   *
   * @param store where the pointers are
   * @param io how files are read and written; closed with this catalog
   * @param warehouse URI below which tables are by default, without a trailing slash
   * @param properties as Iceberg defines them for catalogs
   */
  public SluiceCatalog(
      BlockingMetadata store, FileIO io, String warehouse, Map<String, String> properties) {
    this.names = new LakeNames(store);
    this.databases = new Databases(store);
    this.purges = new PurgeCheck(names, databases, io, warehouse);
    this.io = io;
    this.warehouse = warehouse;
    this.properties = Map.copyOf(properties);
  }

  @Override
  public String name() {
    return "sluice";
  }

  @Override
  public void initialize(String name, Map<String, String> ignored) {
    throw new UnsupportedOperationException("a SluiceCatalog is opened by its constructor");
  }

  @Override
  protected Map<String, String> properties() {
    return properties;
  }

  @Override
  protected boolean isValidIdentifier(TableIdentifier identifier) {
    return identifier.namespace().length() == 1;
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier identifier) {
    return new SluiceTableOperations(names.pointers(), identifier, LakeNames.path(identifier), io);
  }

  @Override
  protected String defaultWarehouseLocation(TableIdentifier identifier) {
    requireNamespace(identifier.namespace());
    boolean unique =
        PropertyUtil.propertyAsBoolean(
            properties,
            CatalogProperties.UNIQUE_TABLE_LOCATION,
            CatalogProperties.UNIQUE_TABLE_LOCATION_DEFAULT);
    return warehouse
        + "/"
        + identifier.namespace().level(0)
        + "/"
        + LocationUtil.tableLocation(identifier, unique);
  }

  /** Returns how files are read and written; stays this catalog's. */
  FileIO io() {
    return io;
  }

  /** Returns the URI below which tables are by default. */
  String warehouse() {
    return warehouse;
  }

  /**
   * Returns where a table's current metadata file is; empty if there is no such table, or no such
   * file.
   */
  Optional<String> metadataLocation(TableIdentifier identifier) {
    return isValidIdentifier(identifier)
        ? names.location(identifier).filter(location -> io.newInputFile(location).exists())
        : Optional.empty();
  }

  @Override
  public List<TableIdentifier> listTables(Namespace namespace) {
    requireNamespace(namespace);
    return names.list(namespace);
  }

  @Override
  public boolean dropTable(TableIdentifier identifier, boolean purge) {
    return isValidIdentifier(identifier) && dropIf(identifier, purge, location -> true);
  }

  /**
   * Drops a table if its metadata file's location passes {@code condition}.
   *
   * @return whether it was there and passed
   */
  boolean dropIf(TableIdentifier identifier, boolean purge, Predicate<String> condition) {
    Optional<String> dropped = names.drop(identifier, condition);
    if (purge) {
      dropped.ifPresent(
          location -> read(location).ifPresent(metadata -> purge(location, metadata)));
    }
    return dropped.isPresent();
  }

  @Override
  public void renameTable(TableIdentifier from, TableIdentifier to) {
    rename(from, to, location -> {});
  }

  /**
   * Gives a table another name, in one step.
   *
   * @param check throws if the table with that metadata file must keep its name
   */
  void rename(TableIdentifier from, TableIdentifier to, Consumer<String> check) {
    if (!isValidIdentifier(from)) {
      throw new NoSuchTableException("Table does not exist: %s", from);
    }
    requireNamespace(to.namespace());
    names.rename(from, to, check);
    try {
      if (touch(to.namespace())) {
        return;
      }
      // Its new database was dropped while it came.
      names.rename(to, from, location -> {});
    } catch (RuntimeException e) {
      throw new CommitStateUnknownException(
          from + " was renamed, but its new database may be gone", e);
    }
    throw new NoSuchNamespaceException("Namespace does not exist: %s", to.namespace());
  }

  /** Makes a drop of the database fail that has looked for tables already; see Databases. */
  boolean touch(Namespace namespace) {
    try {
      return databases.touch(namespace.level(0));
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  @Override
  public void createNamespace(Namespace namespace, Map<String, String> metadata) {
    requireOneLevel(namespace);
    try {
      if (!databases.create(namespace.level(0), metadata)) {
        throw new AlreadyExistsException("Namespace already exists: %s", namespace);
      }
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  @Override
  public List<Namespace> listNamespaces(Namespace namespace) {
    if (!namespace.isEmpty()) {
      requireNamespace(namespace);
      return List.of();
    }
    try {
      return databases.list().stream().map(Namespace::of).toList();
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  @Override
  public Map<String, String> loadNamespaceMetadata(Namespace namespace) {
    // Iceberg asks maps whether they contain null, which a sorted one refuses.
    return new HashMap<>(requireNamespace(namespace));
  }

  @Override
  public boolean dropNamespace(Namespace namespace) {
    if (namespace.length() != 1) {
      return false;
    }
    try {
      return databases.drop(namespace.level(0));
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  @Override
  public boolean setProperties(Namespace namespace, Map<String, String> changed) {
    requireNamespace(namespace);
    return update(namespace, properties -> properties.putAll(changed));
  }

  @Override
  public boolean removeProperties(Namespace namespace, Set<String> removed) {
    requireNamespace(namespace);
    return update(namespace, properties -> properties.keySet().removeAll(removed));
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (java.io.IOException e) {
      LOG.warn("Cannot close the metrics reporter", e);
    }
    io.close();
  }

  private boolean update(Namespace namespace, Consumer<Map<String, String>> change) {
    try {
      return databases.update(
          namespace.level(0),
          properties -> {
            change.accept(properties);
            return properties;
          });
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  /** Deletes what can be deleted of a table that is dropped already. */
  private void purge(String metadataFile, TableMetadata dropped) {
    try {
      Optional<String> obstacle = purges.obstacle(metadataFile, dropped);
      if (obstacle.isPresent()) {
        LOG.warn(
            "The table at {} is dropped but its files stay: {}",
            dropped.location(),
            obstacle.get());
        return;
      }
      CatalogUtil.dropTableData(new OwnFilesIO(io, dropped.location()), dropped);
    } catch (RuntimeException e) {
      LOG.warn("Not all files of {} could be purged", dropped.location(), e);
    }
  }

  private Optional<TableMetadata> read(String location) {
    try {
      return Optional.of(TableMetadataParser.read(io, location));
    } catch (RuntimeException e) {
      LOG.warn("Cannot read {}: its table is dropped but its files stay", location, e);
      return Optional.empty();
    }
  }

  private Map<String, String> requireNamespace(Namespace namespace) {
    try {
      return (namespace.length() == 1
              ? databases.properties(namespace.level(0))
              : Optional.<Map<String, String>>empty())
          .orElseThrow(
              () -> new NoSuchNamespaceException("Namespace does not exist: %s", namespace));
    } catch (CatalogException e) {
      throw translate(e);
    }
  }

  private static void requireOneLevel(Namespace namespace) {
    if (namespace.length() != 1) {
      throw new ValidationException(
          "a namespace is a Sluice database and has one level: %s", namespace);
    }
  }

  private static RuntimeException translate(CatalogException e) {
    if (e.reason() == Reason.NOT_EMPTY) {
      return new NamespaceNotEmptyException(e, "%s", e.getMessage());
    }
    if (e.reason() == Reason.INVALID) {
      return new ValidationException(e, "%s", e.getMessage());
    }
    if (e.getCause() instanceof MetadataException cause && cause.kind() == Kind.UNKNOWN) {
      return new ServiceFailureException(e, "It may have been done: %s", e.getMessage());
    }
    return new ServiceUnavailableException(e, "%s", e.getMessage());
  }
}
