package io.sluice.client;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;

/**
 * A table as the gateway describes it.
 *
 * @param name its name
 * @param id its immutable id
 * @param incarnation of its log
 * @param location where its lake files are
 * @param schema its columns with the lake's ids, system columns included
 * @param bucketCount the number of buckets, at least 1
 * @param bucketKey the columns whose hash picks a row's bucket; empty if the writer picks
 * @param options all options, defaults included
 * @param comment what it is for; may be empty
 */
public record TableDescription(
    TableName name,
    UUID id,
    UUID incarnation,
    String location,
    Schema schema,
    int bucketCount,
    List<String> bucketKey,
    Map<String, String> options,
    String comment) {

  public TableDescription {
    bucketKey = List.copyOf(bucketKey);
    options = Map.copyOf(options);
  }

  /** Returns what users write: the schema without system columns. */
  public Schema rowSchema() {
    return SystemColumns.removeFrom(schema);
  }

  /** Returns {@link #rowSchema} as Arrow's canonical schema. */
  public org.apache.arrow.vector.types.pojo.Schema arrowSchema() {
    return ArrowSchemas.of(rowSchema());
  }
}
