package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.util.ThreadPools;
import org.jspecify.annotations.Nullable;

/** The lake: an Iceberg catalog and the tables in it. Thread-safe. */
public final class Lake implements AutoCloseable {

  static {
    // Iceberg makes its pool when it first deletes files, which is after a commit. While the JVM
    // shuts down that throws an error: the commit was applied, and nobody would be told.
    var unused = ThreadPools.getWorkerPool();
  }

  private static final String NAME = "sluice";
  private final LakeSettings settings;
  private final Catalog catalog;
  private final boolean closesCatalog;

  private Lake(LakeSettings settings, Catalog catalog, boolean closesCatalog) {
    this.settings = settings;
    this.catalog = catalog;
    this.closesCatalog = closesCatalog;
  }

  /**
   * Opens the lake that {@code settings} describe.
   *
   * @param store where the tables' pointers are kept, unless another catalog is asked for
   */
  public static Lake open(LakeSettings settings, MetadataStore store) {
    Map<String, String> properties = settings.allProperties();
    if (!settings.ownCatalog()) {
      return new Lake(settings, CatalogUtil.buildIcebergCatalog(NAME, properties, null), true);
    }
    String fileIO = properties.get(CatalogProperties.FILE_IO_IMPL);
    return new Lake(
        settings,
        new SluiceCatalog(
            new BlockingMetadata(store, BlockingMetadata.DEFAULT_LIMIT),
            CatalogUtil.loadFileIO(fileIO, properties, null),
            settings.warehouse(),
            properties),
        true);
  }

  /** Returns a lake over a catalog that is already open and stays the caller's. */
  public static Lake over(LakeSettings settings, Catalog catalog) {
    return new Lake(settings, catalog, false);
  }

  /** Returns where the lake is. */
  public LakeSettings settings() {
    return settings;
  }

  /**
   * Returns the Iceberg catalog; Sluice's own one and most others are {@link SupportsNamespaces}.
   */
  public Catalog icebergCatalog() {
    return catalog;
  }

  /**
   * Returns the catalog that other engines are to use: Sluice's own one as they may use it, else
   * the catalog itself.
   *
   * @param tables whose lake tables are Sluice's
   */
  public Catalog foreignCatalog(TableCatalog tables) {
    return catalog instanceof SluiceCatalog own ? new ForeignCatalog(own, tables) : catalog;
  }

  /** Returns whether databases are the catalog's namespaces without doing anything about it. */
  public boolean sharesDatabases() {
    return catalog instanceof SluiceCatalog;
  }

  /** Returns how to find tables that the metadata store doesn't know. */
  public LakeSurvey survey() {
    return new LakeSurvey(settings, catalog);
  }

  /** Returns the lake's side of a table. */
  public LakeTable table(Table table) {
    return new IcebergLakeTable(catalog, table);
  }

  /** Returns where a new table's files are to be: below the warehouse, with its id in the name. */
  public String location(TableName name, UUID tableId) {
    return settings.warehouse() + "/" + name.database() + "/" + name.table() + "-" + tableId;
  }

  /**
   * Drops a table's lake table, if the one of that name is still this table's. Its files stay.
   *
   * @return whether it was there
   */
  public boolean drop(TableName name, UUID tableId) {
    TableIdentifier identifier = TableIdentifier.of(name.database(), name.table());
    if (catalog instanceof SluiceCatalog own) {
      return own.dropIf(identifier, false, location -> location.contains(tableId.toString()));
    }
    @Nullable String found;
    try {
      found = catalog.loadTable(identifier).properties().get(LakeProperties.TABLE_ID);
    } catch (NoSuchTableException e) {
      return false;
    }
    return tableId.toString().equals(found) && catalog.dropTable(identifier, false);
  }

  /**
   * Deletes all files of a table that was dropped.
   *
   * @param location of the table, a folder that it shares with nobody
   * @throws RuntimeException if some may still be there
   */
  public void purge(String location) {
    withFiles(
        io -> {
          if (!(io instanceof SupportsPrefixOperations lists)) {
            throw new UnsupportedOperationException(
                io.getClass().getName() + " can't list files: delete those below " + location);
          }
          lists.deletePrefix(location + "/");
        });
  }

  private void withFiles(Consumer<FileIO> use) {
    if (catalog instanceof SluiceCatalog own) {
      use.accept(own.io());
      return;
    }
    Map<String, String> properties = settings.allProperties();
    String fileIO = properties.get(CatalogProperties.FILE_IO_IMPL);
    try (FileIO io = CatalogUtil.loadFileIO(fileIO, properties, null)) {
      use.accept(io);
    }
  }

  @Override
  public void close() {
    if (closesCatalog && catalog instanceof Closeable closeable) {
      try {
        closeable.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
