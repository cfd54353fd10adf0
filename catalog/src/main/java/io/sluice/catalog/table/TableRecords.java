package io.sluice.catalog.table;

import static io.sluice.catalog.table.Databases.unavailable;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.metadata.NameSlots;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** What the metadata store holds of tables, apart from the lake's pointers. Blocks. */
final class TableRecords {

  private static final int ATTEMPTS = 5;
  private static final String DROPPED = "dropped:";

  private final BlockingMetadata store;
  private final NameSlots names;

  TableRecords(BlockingMetadata store) {
    this.store = store;
    this.names = new NameSlots(store);
  }

  Optional<Table> find(TableName name) throws CatalogException {
    return findStored(name).map(Stored::table);
  }

  List<TableName> list(String database) throws CatalogException {
    try {
      return names.list(MetadataPaths.tables(database)).stream()
          .map(segment -> new TableName(database, MetadataPaths.text(segment)))
          .toList();
    } catch (MetadataException e) {
      throw unavailable("list the tables of database " + database, e);
    }
  }

  /** Returns the name that a table of that id has or had; empty if it was dropped. */
  Optional<TableName> nameOf(UUID tableId) throws CatalogException {
    return idEntry(tableId).filter(text -> !text.startsWith(DROPPED)).map(TableName::parse);
  }

  /** Returns whether the table of that id is being dropped, or has been. */
  boolean isDropped(UUID tableId) throws CatalogException {
    return idEntry(tableId).filter(text -> text.startsWith(DROPPED)).isPresent();
  }

  /** Makes the bucket records and the entry by id; those that are there stay as they are. */
  void createParts(Table table) throws CatalogException {
    createBuckets(table, 0, table.bucketCount());
    createIdEntry(table);
  }

  /** Makes the records of buckets {@code [from, to)}; those that are there stay as they are. */
  void createBuckets(Table table, int from, int to) throws CatalogException {
    byte[] record = StoredBucketRecords.newRecord(BucketState.empty(table.incarnation()));
    for (int bucket = from; bucket < to; bucket++) {
      createIfMissing(MetadataPaths.bucket(table.id(), bucket), record);
    }
  }

  /** Makes the record of a bucket, unless there is one. */
  void createBucket(BucketId bucket, BucketState state) throws CatalogException {
    createIfMissing(
        MetadataPaths.bucket(bucket.tableId(), bucket.bucket()),
        StoredBucketRecords.newRecord(state));
  }

  /** Makes the entry by id, unless there is one. */
  void createIdEntry(Table table) throws CatalogException {
    createIfMissing(MetadataPaths.tableId(table.id()), bytes(table.name().toString()));
  }

  /** A table as its record had it. */
  record Stored(Table table, long version) {}

  /** Returns a table and what {@link #replace} needs. */
  Optional<Stored> findStored(TableName name) throws CatalogException {
    String path = MetadataPaths.table(name.database(), name.table());
    try {
      return names
          .read(path)
          .map(v -> new Stored(TableRecordCodec.decode(path, v.value()), v.version()));
    } catch (MetadataException | NewerVersionException e) {
      throw unavailable("load table " + name, e);
    }
  }

  /**
   * Replaces the record of a table.
   *
   * @return whether it did; if not, it was changed by others, or isn't there any more
   * @throws CatalogException UNAVAILABLE; then it may have been replaced
   */
  boolean replace(Stored old, Table changed) throws CatalogException {
    TableName name = changed.name();
    String path = MetadataPaths.table(name.database(), name.table());
    try {
      names.replace(path, TableRecordCodec.encode(changed), old.version());
      return true;
    } catch (MetadataException e) {
      if (e.kind() == Kind.CONFLICT || e.kind() == Kind.MISSING) {
        return false;
      }
      throw unavailable("alter table " + name, e);
    }
  }

  /**
   * Makes the table's record: from then on the table is there.
   *
   * @return whether this call made it; false if there is one of another table or another's making
   */
  boolean create(Table table) throws CatalogException {
    String path = MetadataPaths.table(table.name().database(), table.name().table());
    byte[] record = TableRecordCodec.encode(table);
    boolean inDoubt = false;
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        names.create(path, record);
        return true;
      } catch (MetadataException e) {
        last = e;
        inDoubt |= e.kind() == Kind.UNKNOWN;
        if (e.kind() == Kind.EXISTS) {
          return inDoubt && isThere(path, record);
        }
      }
    }
    throw unavailable("create table " + table.name(), last);
  }

  /** Marks the table of that id as dropped, whatever becomes of the rest. */
  void markDropped(UUID tableId, TableName name) throws CatalogException {
    String path = MetadataPaths.tableId(tableId);
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> entry = store.readNewest(path);
        byte[] marked = bytes(DROPPED + name);
        if (entry.isEmpty()) {
          store.create(path, marked);
        } else if (!Arrays.equals(entry.get().value(), marked)) {
          store.replace(path, marked, entry.get().version());
        }
        return;
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw unavailable("drop table " + name, last);
  }

  /** Deletes the table's record, if it is still of that id: from then on the table is gone. */
  void delete(TableName name, UUID tableId) throws CatalogException {
    String path = MetadataPaths.table(name.database(), name.table());
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Optional<Versioned> value = names.read(path);
        if (value.isEmpty()
            || !TableRecordCodec.decode(path, value.get().value()).id().equals(tableId)) {
          return;
        }
        names.clear(path, value.get().version());
        return;
      } catch (MetadataException e) {
        last = e;
      }
    }
    throw unavailable("drop table " + name, last);
  }

  /**
   * Deletes the records of buckets, compaction and maintenance. The mark at the entry by id stays,
   * so that a creation that was overtaken by the drop can see it.
   */
  void deleteParts(UUID tableId) throws CatalogException {
    try {
      for (String bucket : store.listNewest(MetadataPaths.buckets(tableId))) {
        store.deleteIfThere(MetadataPaths.buckets(tableId) + "/" + bucket);
      }
      store.deleteIfThere(MetadataPaths.buckets(tableId));
      store.deleteIfThere(MetadataPaths.work(tableId));
      store.deleteIfThere(MetadataPaths.compactionError(tableId));
      store.deleteIfThere(MetadataPaths.maintenance(tableId));
    } catch (MetadataException e) {
      throw unavailable("delete the records of dropped table " + tableId, e);
    }
  }

  /**
   * Deletes what those have written of compaction and maintenance who were at a table while it was
   * dropped: nobody else would find it.
   */
  void deleteLateParts() throws CatalogException {
    for (String id : idsOfParts()) {
      UUID tableId = UUID.fromString(id);
      if (isGone(tableId)) {
        try {
          store.deleteIfThere(MetadataPaths.work(tableId));
          store.deleteIfThere(MetadataPaths.compactionError(tableId));
          store.deleteIfThere(MetadataPaths.maintenance(tableId));
        } catch (MetadataException e) {
          throw unavailable("delete the records of dropped table " + tableId, e);
        }
      }
    }
  }

  /**
   * Returns whether a table is dropped for good: one whose DROP failed midway is marked, but there.
   */
  private boolean isGone(UUID tableId) throws CatalogException {
    Optional<TableName> dropped =
        idEntry(tableId)
            .filter(text -> text.startsWith(DROPPED))
            .map(text -> TableName.parse(text.substring(DROPPED.length())));
    return dropped.isPresent()
        && find(dropped.get()).filter(table -> table.id().equals(tableId)).isEmpty();
  }

  private Set<String> idsOfParts() throws CatalogException {
    try {
      Set<String> ids = new TreeSet<>(store.listNewest(MetadataPaths.WORK));
      ids.addAll(store.listNewest(MetadataPaths.COMPACTION_ERRORS));
      ids.addAll(store.listNewest(MetadataPaths.MAINTENANCE));
      return ids;
    } catch (MetadataException e) {
      throw unavailable("list the records of compaction and maintenance", e);
    }
  }

  private Optional<String> idEntry(UUID tableId) throws CatalogException {
    try {
      return store
          .readNewest(MetadataPaths.tableId(tableId))
          .map(value -> new String(value.value(), StandardCharsets.UTF_8));
    } catch (MetadataException e) {
      throw unavailable("load table " + tableId, e);
    }
  }

  private void createIfMissing(String path, byte[] value) throws CatalogException {
    MetadataException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        store.create(path, value);
        return;
      } catch (MetadataException e) {
        if (e.kind() == Kind.EXISTS) {
          return;
        }
        last = e;
      }
    }
    throw unavailable("create " + path, last);
  }

  private boolean isThere(String path, byte[] record) throws CatalogException {
    try {
      return names.read(path).filter(value -> Arrays.equals(value.value(), record)).isPresent();
    } catch (MetadataException e) {
      throw unavailable("load " + path, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
