package io.sluice.catalog.table;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.types.ArrowSchemas;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Schema;

/**
 * What is known of a table, apart from its buckets.
 *
 * @param name its name
 * @param id its immutable id
 * @param incarnation of its log; nothing of another incarnation is ever mixed in
 * @param location where its files are: a URI below the warehouse that contains the id
 * @param schemas all schemas it has had, by Iceberg's schema id; system columns included
 * @param schemaId the current one of them
 * @param options how it behaves
 * @param comment what it is for; may be empty
 * @param createdAt when it was made
 * @param raises how often its buckets became more, the oldest first
 * @param level what a reader of it and of its rows must understand, see {@link Levels}; it never
 *     falls, for what asked for it may have left rows
 */
public record Table(
    TableName name,
    UUID id,
    UUID incarnation,
    String location,
    Map<Integer, Schema> schemas,
    int schemaId,
    TableOptions options,
    String comment,
    Instant createdAt,
    List<Raise> raises,
    int level) {

  /**
   * The number of buckets became larger. Rows of before stay where they are, so that rows of one
   * key may be in a bucket for each number there was.
   *
   * @param from how many buckets there were until then
   * @param at when it was
   */
  public record Raise(int from, Instant at) {}

  public Table {
    SortedMap<Integer, Schema> sorted = new TreeMap<>(schemas);
    schemas = Collections.unmodifiableSortedMap(sorted);
    raises = List.copyOf(raises);
    if (!schemas.containsKey(schemaId)) {
      throw new IllegalArgumentException(
          "table " + name + " has no schema " + schemaId + ", only " + schemas.keySet());
    }
    if (!location.contains(id.toString())) {
      throw new IllegalArgumentException(
          "location of table " + name + " must contain its id " + id + ": " + location);
    }
    if (level < Levels.FIRST) {
      throw new IllegalArgumentException("table " + name + " can't have level " + level);
    }
  }

  /** A table whose number of buckets was never raised. */
  public Table(
      TableName name,
      UUID id,
      UUID incarnation,
      String location,
      Map<Integer, Schema> schemas,
      int schemaId,
      TableOptions options,
      String comment,
      Instant createdAt) {
    this(
        name,
        id,
        incarnation,
        location,
        schemas,
        schemaId,
        options,
        comment,
        createdAt,
        List.of(),
        Math.max(
            TableLevels.ofNew(name, options).level(),
            TableLevels.ofSchemas(name, schemas.values()).level()));
  }

  /**
   * Returns the table with other options.
   *
   * @param now when they are changed
   */
  public Table with(TableOptions changed, Instant now) {
    List<Raise> all = new ArrayList<>(raises);
    if (changed.bucketCount() > bucketCount()) {
      all.add(new Raise(bucketCount(), now));
    }
    return new Table(
        name,
        id,
        incarnation,
        location,
        schemas,
        schemaId,
        changed,
        comment,
        createdAt,
        all,
        Math.max(level, TableLevels.ofChange(this, changed).level()));
  }

  /**
   * Returns the table with a lake table's schemas. Those that it had stay, for rows may have them,
   * whatever the lake calls by their ids by now.
   *
   * @param others all that the lake table has
   * @param current the id of its current one
   */
  public Table withSchemas(Map<Integer, Schema> others, int current) {
    Map<Integer, Schema> all = new TreeMap<>(others);
    all.putAll(schemas);
    return withSchemas(
        all, current, Math.max(level, TableLevels.ofSchemas(name, all.values()).level()));
  }

  /**
   * Returns the table as it was when a schema was current, for rows that have that one.
   *
   * @throws IllegalArgumentException if the table has never had it
   */
  public Table at(int id) {
    return id == schemaId ? this : withSchemas(schemas, id, level);
  }

  private Table withSchemas(Map<Integer, Schema> all, int current, int needed) {
    return new Table(
        name, id, incarnation, location, all, current, options, comment, createdAt, raises, needed);
  }

  /** Returns the current schema, as the lake table has it: system columns included. */
  public Schema schema() {
    return requireSchema(schemaId);
  }

  /**
   * Returns whether a lake table's current schema is this table's. An engine may have removed that
   * one, and given its number to another.
   */
  public boolean hasSchema(Schema inLake) {
    return schemaId == inLake.schemaId() && schema().sameSchema(inLake);
  }

  /** Returns the current schema of what users write: without system columns. */
  public Schema rowSchema() {
    return rowSchema(schemaId);
  }

  /**
   * Returns a schema without system columns.
   *
   * @throws IllegalArgumentException if the table has never had it
   */
  public Schema rowSchema(int id) {
    return SystemColumns.removeFrom(requireSchema(id));
  }

  /** Returns {@link #rowSchema()} as Arrow's canonical schema. */
  public org.apache.arrow.vector.types.pojo.Schema arrowSchema() {
    return ArrowSchemas.of(rowSchema());
  }

  /** Returns the number of buckets. */
  public int bucketCount() {
    return options.bucketCount();
  }

  /** Returns the number of buckets that it was made with; never changes. */
  public int firstBucketCount() {
    return raises.isEmpty() ? bucketCount() : raises.get(0).from();
  }

  /** Returns the columns whose hash picks a row's bucket; empty if the writer picks. */
  public List<String> bucketKey() {
    return options.bucketKey();
  }

  private Schema requireSchema(int id) {
    Schema schema = schemas.get(id);
    if (schema == null) {
      throw new IllegalArgumentException(
          "table " + name + " has no schema " + id + ", only " + schemas.keySet());
    }
    return schema;
  }
}
