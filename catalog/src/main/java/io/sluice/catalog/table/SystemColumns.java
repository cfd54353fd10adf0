package io.sluice.catalog.table;

import static org.apache.iceberg.types.Types.NestedField.optional;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.TimestampType;

/**
 * The columns that close each row in the lake and say where it stood in the log. They are optional:
 * rows that another engine wrote have none.
 */
public final class SystemColumns {

  /** The bucket, an int. */
  public static final String BUCKET = "_bucket";

  /** The offset in the bucket, a long. */
  public static final String OFFSET = "_offset";

  /** The append time, a timestamptz. */
  public static final String TIMESTAMP = "_timestamp";

  /** The names, in order. */
  public static final List<String> NAMES = List.of(BUCKET, OFFSET, TIMESTAMP);

  private static final Set<String> NAME_SET = Set.copyOf(NAMES);

  /** Returns whether a column of that name, in any case, is one of Sluice's. */
  public static boolean isSystemColumn(String name) {
    return NAME_SET.contains(name.toLowerCase(java.util.Locale.ROOT));
  }

  /** Returns the fields, with ids from {@code firstId} on. */
  public static List<NestedField> fields(int firstId) {
    return List.of(
        optional(firstId, BUCKET, IntegerType.get(), "bucket of the row in Sluice's log"),
        optional(firstId + 1, OFFSET, LongType.get(), "offset of the row in its bucket"),
        optional(firstId + 2, TIMESTAMP, TimestampType.withZone(), "append time of the row"));
  }

  /** Returns {@code schema} closed by the system columns, with ids above its highest. */
  public static Schema addTo(Schema schema) {
    List<NestedField> fields = new ArrayList<>(schema.columns());
    fields.addAll(fields(schema.highestFieldId() + 1));
    return new Schema(fields);
  }

  /** Returns {@code schema} without the system columns, ids and schema id unchanged. */
  public static Schema removeFrom(Schema schema) {
    return new Schema(
        schema.schemaId(),
        schema.columns().stream()
            .filter(field -> !NAME_SET.contains(field.name()))
            .collect(Collectors.toList()));
  }

  private SystemColumns() {}
}
