package io.sluice.catalog.table;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeProperties;
import io.sluice.catalog.table.CatalogException.Reason;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.util.PropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * The lake tables of tables. All that a table record says stands in the lake table's schema and
 * properties too, so that a record can be made from it.
 */
final class LakeTables {

  private static final String PARTITIONING = LakeProperties.OPTION_PREFIX + "lake.partitioning";

  /** How often a lake table is told of something, as others may commit to it meanwhile. */
  private static final int ATTEMPTS = 5;

  private final Lake lake;

  LakeTables(Lake lake) {
    this.lake = lake;
  }

  /**
   * Makes a lake table, with ids as Iceberg assigns them.
   *
   * @return the table that it is for; empty if there is a lake table of that name already
   */
  Optional<Table> create(NewTable wanted, Instant now) throws CatalogException {
    UUID id = UUID.randomUUID();
    Map<String, String> properties = new HashMap<>();
    properties.put(LakeProperties.TABLE_ID, id.toString());
    properties.put(LakeProperties.INCARNATION, UUID.randomUUID().toString());
    properties.put(LakeProperties.CREATED_AT, now.toString());
    properties.put(LakeProperties.COMMENT, wanted.comment());
    properties.putAll(optionProperties(wanted.options()));
    properties.put(
        TableProperties.FORMAT_VERSION, Integer.toString(wanted.options().formatVersion()));
    properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
    if (lake.settings().warehouse().startsWith("s3:")) {
      properties.put(TableProperties.OBJECT_STORE_ENABLED, "true");
    }
    try {
      return Optional.of(
          table(
              wanted.name(),
              catalog()
                  .buildTable(identifier(wanted.name()), wanted.schema())
                  .withPartitionSpec(wanted.options().lakePartitioning().spec(wanted.schema()))
                  .withLocation(lake.location(wanted.name(), id))
                  .withProperties(properties)
                  .create()));
    } catch (AlreadyExistsException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw failed("create the lake table of " + wanted.name(), e);
    }
  }

  /**
   * Returns the table that the lake table of that name was made for.
   *
   * @return empty if there is no lake table
   * @throws CatalogException ALREADY_EXISTS if it wasn't made by Sluice
   */
  Optional<Table> find(TableName name) throws CatalogException {
    try {
      return Optional.of(table(name, catalog().loadTable(identifier(name))));
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw failed("load the lake table of " + name, e);
    }
  }

  /** As {@link #find}; empty too if the lake table wasn't made by Sluice. */
  Optional<Table> leftover(TableName name) throws CatalogException {
    try {
      return find(name);
    } catch (CatalogException e) {
      if (e.reason() == Reason.ALREADY_EXISTS) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Checks that a table whose record isn't there may be one whose creation has stopped: none that
   * has been written to, whose records were lost.
   *
   * @throws CatalogException ALREADY_EXISTS if it has been compacted and still has no record
   */
  void requireNotLost(Table table, TableRecords records) throws CatalogException {
    boolean compacted;
    try {
      compacted = !lake.table(table).load().progress().lakeOffsets().isEmpty();
    } catch (NoSuchTableException e) {
      return;
    } catch (RuntimeException e) {
      throw failed("load the lake table of " + table.name(), e);
    }
    if (compacted && records.find(table.name()).isEmpty() && !records.isDropped(table.id())) {
      throw new CatalogException(
          Reason.ALREADY_EXISTS,
          "the lake has rows of table "
              + table.name()
              + ", whose records were lost: `sluice catalog rebuild` makes them anew");
    }
  }

  /**
   * Returns whether the lake table was made for what is wanted: then a creation may complete it.
   */
  static boolean isFor(NewTable wanted, Table table) {
    return table.schema().sameSchema(wanted.schema())
        && table.options().equals(wanted.options())
        && table.comment().equals(wanted.comment());
  }

  /**
   * Brings the options that a table's lake table tells of up to date, and its partition spec with
   * the option that says it, in one commit. Nothing is done if the lake table isn't there any more.
   */
  void tellOptions(Table table) throws CatalogException {
    tell(
        table,
        optionProperties(table.options()),
        key -> key.startsWith(LakeProperties.OPTION_PREFIX),
        "tell the lake table of "
            + table.name()
            + " of its new options, which are in force; do it again");
  }

  /** As {@link #tellOptions}, of the partitioning alone: the lake comes first for it. */
  void tellPartitioning(Table table) throws CatalogException {
    Map<String, String> told = optionProperties(table.options());
    told.keySet().retainAll(Set.of(PARTITIONING));
    tell(table, told, PARTITIONING::equals, "partition the lake table of " + table.name());
  }

  private void tell(Table table, Map<String, String> wanted, Predicate<String> of, String what)
      throws CatalogException {
    for (int attempt = 1; ; attempt++) {
      try {
        tellOnce(table, wanted, of);
        return;
      } catch (NoSuchTableException e) {
        // Dropped just now: whoever asks for the table next is told.
        return;
      } catch (CommitFailedException e) {
        // Iceberg doesn't put a changed spec onto what others committed meanwhile.
        if (attempt == ATTEMPTS) {
          throw failed(what, e);
        }
      } catch (RuntimeException e) {
        throw failed(what, e);
      }
    }
  }

  private void tellOnce(Table table, Map<String, String> wanted, Predicate<String> of) {
    org.apache.iceberg.Table lakeTable = catalog().loadTable(identifier(table.name()));
    Map<String, String> told = lakeTable.properties();
    if (!table.id().toString().equals(told.get(LakeProperties.TABLE_ID))) {
      return;
    }
    Map<String, String> before = new HashMap<>(told);
    before.keySet().removeIf(key -> !of.test(key));
    if (before.equals(wanted)) {
      return;
    }
    Transaction transaction = lakeTable.newTransaction();
    UpdateProperties update = transaction.updateProperties();
    wanted.forEach(update::set);
    before.keySet().stream().filter(key -> !wanted.containsKey(key)).forEach(update::remove);
    update.commit();
    // Only with the option: what another engine has made of the spec since then stays.
    if (of.test(PARTITIONING)
        && !Objects.equals(before.get(PARTITIONING), wanted.get(PARTITIONING))) {
      UpdatePartitionSpec spec = transaction.updateSpec();
      table.options().lakePartitioning().evolve(transaction.table().spec(), spec);
      spec.commit();
    }
    transaction.commitTransaction();
  }

  /**
   * The lake table of a table, for a change of its schema.
   *
   * @throws CatalogException LAKE_HISTORY_LOST if it isn't there any more
   */
  org.apache.iceberg.Table lakeTable(Table table) throws CatalogException {
    try {
      org.apache.iceberg.Table found = catalog().loadTable(identifier(table.name()));
      if (table.id().toString().equals(found.properties().get(LakeProperties.TABLE_ID))) {
        return found;
      }
    } catch (NoSuchTableException e) {
      throw lost(table, e);
    } catch (RuntimeException e) {
      throw failed("load the lake table of " + table.name(), e);
    }
    throw lost(table, null);
  }

  private static CatalogException lost(Table table, @Nullable RuntimeException cause) {
    return new CatalogException(
        Reason.LAKE_HISTORY_LOST,
        "the lake table of " + table.name() + " is gone: restore it, or drop the table",
        cause);
  }

  private static Map<String, String> optionProperties(TableOptions options) {
    Map<String, String> properties = new HashMap<>();
    options
        .toMap()
        .forEach((key, value) -> properties.put(LakeProperties.OPTION_PREFIX + key, value));
    return properties;
  }

  /**
   * Checks that nobody but the table has its files.
   *
   * @throws CatalogException INVALID if others may have them
   */
  void requirePurgeable(Table table) throws CatalogException {
    try {
      org.apache.iceberg.Table lakeTable = catalog().loadTable(identifier(table.name()));
      if (!PropertyUtil.propertyAsBoolean(
          lakeTable.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
        throw new CatalogException(
            Reason.INVALID,
            "can't purge table "
                + table.name()
                + ": its lake table has gc.enabled=false, so other tables may have its files;"
                + " drop it without purge, or set that to true");
      }
    } catch (NoSuchTableException | NotFoundException e) {
      // It is gone, or its metadata file is: nobody reads its files by it.
      return;
    } catch (RuntimeException e) {
      throw failed("load the lake table of " + table.name(), e);
    }
  }

  /**
   * Drops a lake table, whose files stay. They say from then on that it was dropped, for whoever
   * finds them when its name is gone.
   */
  void drop(TableName name, UUID tableId, Instant now) throws CatalogException {
    try {
      tellDropped(name, tableId, now);
      var unused = lake.drop(name, tableId);
    } catch (RuntimeException e) {
      throw failed("drop the lake table of " + name, e);
    }
  }

  private void tellDropped(TableName name, UUID tableId, Instant now) {
    try {
      org.apache.iceberg.Table lakeTable = catalog().loadTable(identifier(name));
      Map<String, String> told = lakeTable.properties();
      if (tableId.toString().equals(told.get(LakeProperties.TABLE_ID))
          && !told.containsKey(LakeProperties.DROPPED_AT)) {
        lakeTable.updateProperties().set(LakeProperties.DROPPED_AT, now.toString()).commit();
      }
    } catch (NoSuchTableException | NotFoundException e) {
      // There is nothing left to tell it.
      return;
    }
  }

  /** Takes back that a table was dropped. */
  void tellNotDropped(TableName name) throws CatalogException {
    try {
      org.apache.iceberg.Table lakeTable = catalog().loadTable(identifier(name));
      if (lakeTable.properties().containsKey(LakeProperties.DROPPED_AT)) {
        lakeTable.updateProperties().remove(LakeProperties.DROPPED_AT).commit();
      }
    } catch (RuntimeException e) {
      throw failed("change the lake table of " + name, e);
    }
  }

  void createNamespace(String database) throws CatalogException {
    if (!lake.sharesDatabases() && catalog() instanceof SupportsNamespaces namespaces) {
      try {
        namespaces.createNamespace(Namespace.of(database));
      } catch (AlreadyExistsException e) {
        // As wanted.
        return;
      } catch (RuntimeException e) {
        throw failed("create the lake's namespace " + database, e);
      }
    }
  }

  void dropNamespace(String database) throws CatalogException {
    if (!lake.sharesDatabases() && catalog() instanceof SupportsNamespaces namespaces) {
      try {
        var unused = namespaces.dropNamespace(Namespace.of(database));
      } catch (RuntimeException e) {
        throw failed("drop the lake's namespace " + database, e);
      }
    }
  }

  static Table table(TableName name, org.apache.iceberg.Table lakeTable) throws CatalogException {
    Map<String, String> properties = lakeTable.properties();
    String id = properties.get(LakeProperties.TABLE_ID);
    String incarnation = properties.get(LakeProperties.INCARNATION);
    String createdAt = properties.get(LakeProperties.CREATED_AT);
    if (id == null || incarnation == null || createdAt == null) {
      throw new CatalogException(
          Reason.ALREADY_EXISTS,
          "the lake has a table "
              + name
              + " that Sluice did not make, at "
              + lakeTable.location()
              + "; choose another name or drop it there");
    }
    Map<String, String> options = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(LakeProperties.OPTION_PREFIX)) {
            options.put(key.substring(LakeProperties.OPTION_PREFIX.length()), value);
          }
        });
    return new Table(
        name,
        UUID.fromString(id),
        UUID.fromString(incarnation),
        lakeTable.location(),
        lakeTable.schemas(),
        lakeTable.schema().schemaId(),
        TableOptions.parse(options),
        properties.getOrDefault(LakeProperties.COMMENT, ""),
        Instant.parse(createdAt));
  }

  private Catalog catalog() {
    return lake.icebergCatalog();
  }

  private static TableIdentifier identifier(TableName name) {
    return TableIdentifier.of(name.database(), name.table());
  }

  static CatalogException failed(String what, RuntimeException e) {
    return new CatalogException(Reason.UNAVAILABLE, "can't " + what + ": " + e.getMessage(), e);
  }
}
