package io.sluice.catalog.table;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.TimestampType;

/**
 * The dead letters of a table with {@code invalid.rows=dead-letter}: a table of its own beside it
 * that takes the rows which it can't store. It is like any other table, and outlives the one that
 * it is for.
 */
public final class DeadLetters {

  private static final String SUFFIX = "__dead_letter";

  /** What a dead letter says; docs/http.md has it in a table. */
  public static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "received_at", TimestampType.withZone(), "when it came"),
          NestedField.required(2, "content", StringType.get(), "the row as it came"),
          NestedField.required(
              3, "content_bytes", LongType.get(), "its size; content may be cut short"),
          NestedField.required(4, "content_type", StringType.get(), "what the request was"),
          NestedField.optional(5, "csv_header", StringType.get(), "CSV: the header of the request"),
          NestedField.required(6, "request_row", LongType.get(), "its place there, from 1"),
          NestedField.optional(
              7, "column_name", StringType.get(), "the first column at fault; null for the row"),
          NestedField.required(8, "reason", StringType.get(), "why it can't be stored"));

  /**
   * Returns the name of the table that takes a table's dead letters.
   *
   * @throws IllegalArgumentException if that would be too long
   */
  public static TableName of(TableName table) {
    return new TableName(table.database(), table.table() + SUFFIX);
  }

  /** Returns whether a table has the name of one that takes dead letters. */
  static boolean isName(TableName name) {
    return name.table().endsWith(SUFFIX);
  }

  /** Returns whether a table can take dead letters, whoever made it. */
  public static boolean fitIn(Table table) {
    return areColumns(table.rowSchema()) && table.bucketKey().isEmpty();
  }

  /** Returns whether columns, but for Sluice's own, are those of dead letters. */
  static boolean areColumns(Schema columns) {
    return shape(columns).equals(shape(COLUMNS));
  }

  /**
   * Returns the options of the table that takes the dead letters of a table with these: a retry
   * must be known in both for as long, and who has rows compressed wants the bad ones so too.
   */
  static Map<String, String> options(TableOptions of) {
    Map<String, String> options = of.toMap();
    options.keySet().retainAll(Set.of("writer.expiry", "log.compression"));
    return options;
  }

  private record Column(int id, String name, String type, boolean required) {}

  private static List<Column> shape(Schema schema) {
    return schema.columns().stream()
        .map(
            field ->
                new Column(
                    field.fieldId(), field.name(), field.type().toString(), field.isRequired()))
        .toList();
  }

  private DeadLetters() {}
}
