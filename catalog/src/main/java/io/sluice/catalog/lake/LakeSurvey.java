package io.sluice.catalog.lake;

import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Finds the tables of a lake without the metadata store's help. An Iceberg catalog of others knows
 * them; Sluice's own may have lost them, so that all files of the warehouse are listed. Blocks;
 * throws Iceberg's unchecked exceptions.
 */
public final class LakeSurvey {

  private final LakeSettings settings;
  private final Catalog catalog;

  LakeSurvey(LakeSettings settings, Catalog catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  /** Lists what may be tables of Sluice, by name. */
  public List<LakeFind> find() {
    return catalog instanceof SluiceCatalog own ? findFolders(own) : findNames();
  }

  private List<LakeFind> findFolders(SluiceCatalog own) {
    FileIO io = own.io();
    if (!(io instanceof SupportsPrefixOperations lists)) {
      throw new UnsupportedOperationException(
          io.getClass().getName() + " can't list the files of " + settings.warehouse());
    }
    List<String> metadata = new ArrayList<>();
    for (FileInfo file : lists.listPrefix(settings.warehouse() + "/")) {
      if (file.location().endsWith(".metadata.json")) {
        metadata.add(file.location());
      }
    }
    List<LakeFind> finds = new ArrayList<>();
    for (TableFolder folder : TableFolder.among(settings.warehouse(), metadata)) {
      Optional<String> current =
          own.metadataLocation(identifier(folder.name()))
              .filter(location -> location.startsWith(folder.location() + "/"));
      finds.add(
          new LakeFind(
              folder.name(),
              folder.location(),
              current.map(List::of).orElse(folder.newest()),
              current.isPresent()));
    }
    return List.copyOf(finds);
  }

  private List<LakeFind> findNames() {
    if (!(catalog instanceof SupportsNamespaces namespaces)) {
      throw new UnsupportedOperationException(
          "catalog " + catalog.name() + " can't list its namespaces");
    }
    List<LakeFind> finds = new ArrayList<>();
    for (Namespace namespace : namespaces.listNamespaces()) {
      for (TableIdentifier identifier : catalog.listTables(namespace)) {
        find(identifier).ifPresent(finds::add);
      }
    }
    finds.sort(Comparator.comparing(LakeFind::name));
    return List.copyOf(finds);
  }

  private Optional<LakeFind> find(TableIdentifier identifier) {
    if (identifier.namespace().length() != 1) {
      return Optional.empty();
    }
    try {
      Table table = catalog.loadTable(identifier);
      if (!table.properties().containsKey(LakeProperties.TABLE_ID)) {
        return Optional.empty();
      }
      TableName name = new TableName(identifier.namespace().level(0), identifier.name());
      return Optional.of(new LakeFind(name, table.location(), List.of(metadataOf(table)), true));
    } catch (NoSuchTableException e) {
      // Dropped since it was listed.
      return Optional.empty();
    }
  }

  private static String metadataOf(Table table) {
    if (table instanceof HasTableOperations known) {
      return known.operations().current().metadataFileLocation();
    }
    throw new IllegalStateException("table " + table.name() + " doesn't tell its metadata file");
  }

  /** Returns a lake table as one of its metadata files has it; it commits nothing. */
  public Table read(TableName name, String metadataFile) {
    if (catalog instanceof SluiceCatalog own) {
      return new BaseTable(new StaticTableOperations(metadataFile, own.io()), name.toString());
    }
    return catalog.loadTable(identifier(name));
  }

  /**
   * Gives a lake table its name again, in a catalog that has lost it.
   *
   * @return whether the table is there under its name then; false if the name is another's
   */
  public boolean register(TableName name, String location, String metadataFile) {
    if (!(catalog instanceof SluiceCatalog own)) {
      return true;
    }
    try {
      var unused = own.registerTable(identifier(name), metadataFile);
      return true;
    } catch (AlreadyExistsException e) {
      return own.metadataLocation(identifier(name))
          .filter(current -> current.startsWith(location + "/"))
          .isPresent();
    }
  }

  private static TableIdentifier identifier(TableName name) {
    return TableIdentifier.of(name.database(), name.table());
  }
}
