package io.sluice.catalog.table;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.TableOptions.InvalidRows;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Schema;

/**
 * Databases and tables: makes, finds, lists, alters and drops them. Its methods block, so call none
 * of them on an event loop. Thread-safe, and safe with any number of others on the same store and
 * lake.
 */
public final class TableCatalog {

  /*
   * A table is made in this order: lake table, bucket records, entry by id, table record. The record
   * makes it visible, so whoever sees a table finds all of it. A creation that stopped on the way left
   * a lake table that says all about the table: the next CREATE of that name completes it. A table is
   * dropped in this order: note of the purge, mark at the entry by id, table record, bucket records, lake
   * table, files. The mark stays: by it a CREATE knows that what it finds was dropped and has to be finished off rather than
   * completed, or dropped rows would come back, and a slow creation that others have completed and
   * dropped meanwhile knows that it must not bring the record back.
   *
   * Options of a table are altered in this order: records of the new buckets, table record, options in the lake
   * table. So whoever sees more buckets finds their records; records that nobody sees yet do no harm,
   * the next ALTER finds them there, and a drop deletes them with the others.
   */

  private static final int ATTEMPTS = 5;

  private final Databases databases;
  private final TableRecords records;
  private final LakeTables lakeTables;
  private final Clock clock;
  private final LevelGuard levels;
  private final TableSchemas schemas;
  private final Purges purges;
  private final TableDrops drops;

  /** Opens the catalog over {@code store} and {@code lake}, which stay the caller's to close. */
  public TableCatalog(MetadataStore store, Lake lake) {
    this(store, lake, Clock.systemUTC());
  }

  /** Opens the catalog with a clock of its own. */
  public TableCatalog(MetadataStore store, Lake lake, Clock clock) {
    BlockingMetadata blocking = new BlockingMetadata(store, BlockingMetadata.DEFAULT_LIMIT);
    this.databases = new Databases(blocking);
    this.records = new TableRecords(blocking);
    this.lakeTables = new LakeTables(lake);
    this.clock = clock;
    this.levels = new LevelGuard(blocking);
    this.schemas = new TableSchemas(records, lakeTables, levels);
    this.purges = new Purges(blocking, lake);
    this.drops = new TableDrops(records, lakeTables, new DroppedLogs(store), purges, clock);
  }

  /**
   * Creates a database.
   *
   * @throws CatalogException ALREADY_EXISTS unless {@code ifNotExists}, INVALID, UNAVAILABLE
   */
  public void createDatabase(String database, boolean ifNotExists) throws CatalogException {
    boolean made = databases.create(database, Map.of());
    lakeTables.createNamespace(database);
    if (!made && !ifNotExists) {
      throw new CatalogException(Reason.ALREADY_EXISTS, "database " + database + " exists already");
    }
  }

  /**
   * Drops a database without tables.
   *
   * @throws CatalogException NOT_FOUND unless {@code ifExists}, NOT_EMPTY, UNAVAILABLE
   */
  public void dropDatabase(String database, boolean ifExists) throws CatalogException {
    boolean dropped = databases.drop(database);
    if (dropped) {
      lakeTables.dropNamespace(database);
    } else if (!ifExists) {
      throw new CatalogException(Reason.NOT_FOUND, "database " + database + " does not exist");
    }
  }

  /** Lists the names of all databases, sorted. */
  public List<String> listDatabases() throws CatalogException {
    return databases.list();
  }

  /**
   * Creates a table, and its lake table and bucket records with it; before it, if it is to have
   * one, the table of its dead letters.
   *
   * @param columns what users write; its field ids are ignored, those that Iceberg assigns are the
   *     table's for ever. Required columns are NOT NULL.
   * @param options see {@link TableOptions}
   * @param ifNotExists whether to return a table of that name that is there, whatever its columns
   * @throws CatalogException NOT_FOUND if there is no such database; ALREADY_EXISTS; INVALID with
   *     what is wrong; OLDER_GATEWAY; UNAVAILABLE, after which the same call may be made again
   */
  public Table createTable(
      TableName name,
      Schema columns,
      Map<String, String> options,
      String comment,
      boolean ifNotExists)
      throws CatalogException {
    NewTable wanted = NewTable.of(name, columns, options, comment);
    databases.require(name.database());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Table> existing = records.find(name);
      if (existing.isPresent()) {
        return existing(existing.get(), ifNotExists);
      }
      levels.require(TableLevels.ofNew(name, wanted.options()));
      levels.require(TableLevels.ofSchemas(name, List.of(wanted.schema())));
      if (wanted.options().invalidRows() == InvalidRows.DEAD_LETTER) {
        var unused = deadLetters(name, wanted.options());
      }
      Optional<Table> made = lakeTables.create(wanted, clock.instant());
      Optional<Table> table = made.isPresent() ? made : lakeTables.find(name);
      if (table.isEmpty()) {
        // Dropped by another just now.
        continue;
      }
      if (complete(wanted, table.get())) {
        return table.get();
      }
      // Another one's table is there now; if this call completed it, its definition was another.
    }
    return existing(
        records
            .find(name)
            .orElseThrow(
                () ->
                    new CatalogException(
                        Reason.UNAVAILABLE,
                        "table " + name + " is being created and dropped by others; try again")),
        ifNotExists);
  }

  /**
   * Returns the table that takes a table's dead letters, and makes it if it isn't there.
   *
   * @param options the table's
   * @throws CatalogException ALREADY_EXISTS if a table of that name can't take them; else as {@link
   *     #createTable}
   */
  public Table deadLetters(TableName table, TableOptions options) throws CatalogException {
    TableName name = DeadLetters.of(table);
    Table letters =
        createTable(
            name,
            DeadLetters.COLUMNS,
            DeadLetters.options(options),
            "rows that could not be stored in " + table,
            true);
    if (!DeadLetters.fitIn(letters)) {
      throw new CatalogException(
          Reason.ALREADY_EXISTS,
          "table "
              + name
              + " exists already and can't take the dead letters of "
              + table
              + ": it has other columns, or a bucket.key; drop it, or leave invalid.rows out");
    }
    return letters;
  }

  /**
   * Changes options of a table. Gateways go by the new ones within a moment.
   *
   * @return the table as it is then
   * @throws CatalogException NOT_FOUND; INVALID with what can't be changed, and why; OLDER_GATEWAY,
   *     and nothing was changed; UNAVAILABLE, after which some or all of it may be in force, and
   *     the same call may be made again
   */
  public Table alterTable(TableName name, OptionChanges changes) throws CatalogException {
    CatalogException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TableRecords.Stored stored = records.findStored(name).orElseThrow(() -> notFound(name));
      Table old = stored.table();
      Table changed = old.with(changed(old, changes), clock.instant());
      if (changed.options().equals(old.options())) {
        lakeTables.tellOptions(old);
        return old;
      }
      if (records.isDropped(old.id())) {
        throw notFound(name);
      }
      if (!changed.options().lakePartitioning().equals(old.options().lakePartitioning())) {
        lakeTables.tellPartitioning(changed);
      }
      records.createBuckets(old, old.bucketCount(), changed.bucketCount());
      try {
        if (records.replace(stored, changed)) {
          return told(changed);
        }
      } catch (CatalogException e) {
        // It may have been replaced: then the next look finds nothing left to change.
        last = e;
      }
      if (records.isDropped(old.id())) {
        // The drop may have listed the records before these were made.
        records.deleteParts(old.id());
      }
    }
    throw last != null
        ? last
        : new CatalogException(
            Reason.UNAVAILABLE, "table " + name + " is being altered by others; try again");
  }

  /**
   * Changes columns of a table, all or none: the lake table first, then the record. Rows of before
   * have the new columns as null, and are read in the new types. Gateways go by the new columns
   * within a moment; rows that are on their way keep those that they were written with.
   *
   * @return the table as it is then
   * @throws CatalogException NOT_FOUND; INVALID with what can't be changed, and why; OLDER_GATEWAY,
   *     and nothing was changed; LAKE_HISTORY_LOST if the lake table is gone; UNAVAILABLE, after
   *     which it may be done or not: {@link #load} tells, and the same call may be made again
   */
  public Table alterColumns(TableName name, ColumnChanges changes) throws CatalogException {
    return schemas.alter(name, changes);
  }

  /**
   * Has a table take over the columns that its lake table has, which another engine may have
   * changed, or a change of columns that stopped on the way.
   *
   * @return the table as it is then
   * @throws CatalogException as {@link #alterColumns}; INVALID if a table can't have these columns
   */
  public Table adoptColumns(TableName name) throws CatalogException {
    return schemas.adopt(name);
  }

  private TableOptions changed(Table table, OptionChanges changes) throws CatalogException {
    TableOptions options;
    try {
      options = changes.applyTo(table.options());
      var unusedSpec = options.lakePartitioning().spec(table.schema());
      if (options.invalidRows() == InvalidRows.DEAD_LETTER) {
        var unused = DeadLetters.of(table.name());
      }
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.INVALID, "can't alter table " + table.name() + ": " + e.getMessage(), e);
    }
    levels.require(TableLevels.ofChange(table, options));
    if (options.invalidRows() == InvalidRows.DEAD_LETTER
        && table.options().invalidRows() != InvalidRows.DEAD_LETTER) {
      var unused = deadLetters(table.name(), options);
    }
    return options;
  }

  /** Has the lake tell of the options in force, which others may have changed once more. */
  private Table told(Table table) throws CatalogException {
    Table told = table;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      lakeTables.tellOptions(told);
      Optional<Table> now = records.find(told.name());
      if (now.isEmpty() || now.get().options().equals(told.options())) {
        return table;
      }
      told = now.get();
    }
    return table;
  }

  /**
   * Drops a table. Its rows are gone at once for all who ask the catalog; its dead letters stay.
   *
   * @param purge whether its files in the lake are deleted too. What a compactor that is at work
   *     leaves there meanwhile is deleted later: see {@link Purges}
   * @throws CatalogException NOT_FOUND unless {@code ifExists}; INVALID if its files may not be
   *     purged; UNAVAILABLE, after which the same call may be made again
   */
  public void dropTable(TableName name, boolean ifExists, boolean purge) throws CatalogException {
    drops.drop(name, ifExists, purge);
  }

  /** Returns the purges of dropped tables, which may have to be finished. */
  public Purges purges() {
    return purges;
  }

  /**
   * Lists the tables of a database, sorted.
   *
   * @throws CatalogException NOT_FOUND if there is no such database, UNAVAILABLE
   */
  public List<TableName> listTables(String database) throws CatalogException {
    databases.require(database);
    return records.list(database);
  }

  /**
   * Loads a table.
   *
   * @throws CatalogException NOT_FOUND, UNAVAILABLE
   */
  public Table load(TableName name) throws CatalogException {
    Optional<Table> table = records.find(name);
    if (table.isEmpty()) {
      databases.require(name.database());
      throw notFound(name);
    }
    return table.get();
  }

  /**
   * Loads the table of that id.
   *
   * @throws CatalogException NOT_FOUND, UNAVAILABLE
   */
  public Table loadById(UUID tableId) throws CatalogException {
    Optional<TableName> name = records.nameOf(tableId);
    Optional<Table> table = name.isEmpty() ? Optional.empty() : records.find(name.get());
    return table
        .filter(found -> found.id().equals(tableId))
        .orElseThrow(
            () ->
                new CatalogException(
                    Reason.NOT_FOUND, "there is no table with id " + tableId + " (any more)"));
  }

  /**
   * Makes what a table needs besides its lake table.
   *
   * @return whether the table is there now, made by this call and as wanted
   */
  private boolean complete(NewTable wanted, Table table) throws CatalogException {
    TableName name = table.name();
    if (records.isDropped(table.id())) {
      drops.finish(name, table.id());
      return false;
    }
    lakeTables.requireNotLost(table, records);
    // It may be of another one's making, with other options than this call's.
    levels.require(TableLevels.ofNew(name, table.options()));
    levels.require(TableLevels.ofSchemas(name, table.schemas().values()));
    records.createParts(table);
    boolean visible = records.create(table);
    if (records.isDropped(table.id())) {
      // The drop may have listed the bucket records before these were made.
      if (visible) {
        records.delete(name, table.id());
      }
      drops.finish(name, table.id());
      return false;
    }
    if (visible && !databases.touch(name.database())) {
      // Dropped after it was looked for: it had no tables then.
      dropTable(name, true, false);
      databases.require(name.database());
    }
    return visible && LakeTables.isFor(wanted, table);
  }

  private static Table existing(Table table, boolean ifNotExists) throws CatalogException {
    if (!ifNotExists) {
      throw new CatalogException(
          Reason.ALREADY_EXISTS, "table " + table.name() + " exists already");
    }
    return table;
  }

  private static CatalogException notFound(TableName name) {
    return new CatalogException(Reason.NOT_FOUND, "table " + name + " does not exist");
  }
}
