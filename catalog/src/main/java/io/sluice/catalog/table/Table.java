package io.sluice.catalog.table;

import io.sluice.catalog.types.ArrowSchemas;
import java.time.Instant;
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
    Instant createdAt) {

  public Table {
    SortedMap<Integer, Schema> sorted = new TreeMap<>(schemas);
    schemas = Collections.unmodifiableSortedMap(sorted);
    if (!schemas.containsKey(schemaId)) {
      throw new IllegalArgumentException(
          "table " + name + " has no schema " + schemaId + ", only " + schemas.keySet());
    }
    if (!location.contains(id.toString())) {
      throw new IllegalArgumentException(
          "location of table " + name + " must contain its id " + id + ": " + location);
    }
  }

  /** Returns the current schema, as the lake table has it: system columns included. */
  public Schema schema() {
    return requireSchema(schemaId);
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
