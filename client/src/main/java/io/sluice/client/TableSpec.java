package io.sluice.client;

import io.sluice.catalog.table.TableName;
import java.util.Map;
import org.apache.iceberg.Schema;

/**
 * A table to be made.
 *
 * @param name its name
 * @param schema its columns; the ids are ignored, the lake gives new ones
 * @param options such as {@code bucket.count}; missing ones have their default
 * @param comment what it is for; may be empty
 * @param ifNotExists whether it is fine that there is one of that name already, whatever its
 *     columns
 */
public record TableSpec(
    TableName name,
    Schema schema,
    Map<String, String> options,
    String comment,
    boolean ifNotExists) {

  public TableSpec {
    options = Map.copyOf(options);
  }

  /** Returns a table without options or comment, that must not exist yet. */
  public static TableSpec of(TableName name, Schema schema) {
    return new TableSpec(name, schema, Map.of(), "", false);
  }
}
