package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.NameSlots;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Databases;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.BaseMetastoreCatalog;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Iceberg catalog that keeps the pointers to tables' metadata files in Sluice's own metadata
 * store, at {@code /lake/<namespace>/<table>}. A namespace has one level and is a Sluice database.
 */
public final class SluiceCatalog extends BaseMetastoreCatalog implements SupportsNamespaces {

  private static final Logger LOG = LoggerFactory.getLogger(SluiceCatalog.class);
  private static final int ATTEMPTS = 10;

  private final NameSlots pointers;
  private final Databases databases;
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
    this.pointers = new NameSlots(store);
    this.databases = new Databases(store);
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
    return new SluiceTableOperations(pointers, identifier, path(identifier), io);
  }

  @Override
  protected String defaultWarehouseLocation(TableIdentifier identifier) {
    requireNamespace(identifier.namespace());
    return warehouse + "/" + identifier.namespace().level(0) + "/" + identifier.name();
  }

  @Override
  public List<TableIdentifier> listTables(Namespace namespace) {
    requireNamespace(namespace);
    try {
      return pointers.list(MetadataPaths.lakeTables(namespace.level(0))).stream()
          .map(segment -> TableIdentifier.of(namespace, MetadataPaths.text(segment)))
          .toList();
    } catch (MetadataException e) {
      throw unavailable(e);
    }
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
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> pointer = pointers.read(path(identifier));
        if (pointer.isEmpty()) {
          return last != null && last.kind() == Kind.UNKNOWN;
        }
        String location = LakePointer.decode(path(identifier), pointer.get().value());
        if (!condition.test(location)) {
          return false;
        }
        Optional<TableMetadata> metadata = purge ? read(location) : Optional.empty();
        pointers.clear(path(identifier), pointer.get().version());
        metadata.ifPresent(found -> CatalogUtil.dropTableData(io, found));
        return true;
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw unavailable(last);
  }

  @Override
  public void renameTable(TableIdentifier from, TableIdentifier to) {
    throw new UnsupportedOperationException(
        "renaming a table is not supported: " + from + " stays as it is");
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
    return requireNamespace(namespace);
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

  private boolean update(
      Namespace namespace, java.util.function.Consumer<Map<String, String>> change) {
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

  private static String path(TableIdentifier identifier) {
    return MetadataPaths.lakeTable(identifier.namespace().level(0), identifier.name());
  }

  private static RuntimeException translate(CatalogException e) {
    if (e.reason() == Reason.NOT_EMPTY) {
      return new NamespaceNotEmptyException(e, "%s", e.getMessage());
    }
    if (e.reason() == Reason.INVALID) {
      return new ValidationException(e, "%s", e.getMessage());
    }
    return new ServiceUnavailableException(e, "%s", e.getMessage());
  }

  private static RESTException unavailable(@Nullable MetadataException e) {
    return new ServiceUnavailableException(
        e, "the metadata store is unavailable: %s", e == null ? "" : e.getMessage());
  }
}
