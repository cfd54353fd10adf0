package io.sluice.catalog.table;

import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.TableOptions.InvalidRows;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types.NestedField;

/**
 * What CREATE TABLE asks for, checked.
 *
 * @param schema user columns and system columns, with ids from 1 in order
 */
record NewTable(TableName name, Schema schema, TableOptions options, String comment) {

  private static final int MAX_COLUMNS = 5_000;
  private static final int MAX_NAME_LENGTH = 255;

  /** Leaves room in a table record for later schemas. */
  private static final int MAX_BYTES = 300_000;

  /** Types without an Iceberg bucket hash. */
  private static final Set<TypeID> NOT_HASHED = Set.of(TypeID.BOOLEAN, TypeID.FLOAT, TypeID.DOUBLE);

  /**
   * Checks a request.
   *
   * @param columns its ids are ignored
   * @throws CatalogException INVALID; the message says what is wrong and what would be right
   */
  static NewTable of(TableName name, Schema columns, Map<String, String> options, String comment)
      throws CatalogException {
    try {
      TableOptions parsed = TableOptions.parse(options);
      Schema schema = schema(columns, parsed.formatVersion());
      int bytes = SchemaParser.toJson(schema).length() + comment.length();
      if (bytes > MAX_BYTES) {
        throw new IllegalArgumentException(
            "its columns' names and comments take "
                + bytes
                + " bytes, more than "
                + MAX_BYTES
                + "; use fewer or shorter ones");
      }
      var unusedSpec = parsed.lakePartitioning().spec(schema);
      for (String key : parsed.bucketKey()) {
        checkBucketKey(key, schema);
      }
      if (parsed.invalidRows() == InvalidRows.DEAD_LETTER) {
        var unused = DeadLetters.of(name);
      }
      return new NewTable(name, schema, parsed, comment);
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.INVALID, "can't create table " + name + ": " + e.getMessage(), e);
    }
  }

  private static Schema schema(Schema columns, int formatVersion) {
    if (!columns.identifierFieldIds().isEmpty()) {
      throw new IllegalArgumentException(
          "a PRIMARY KEY is not supported yet: "
              + columns.identifierFieldNames()
              + "; leave it out, rows are appended and never replaced");
    }
    if (columns.columns().isEmpty() || columns.columns().size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "a table has 1 to " + MAX_COLUMNS + " columns, not " + columns.columns().size());
    }
    Set<String> names = new HashSet<>();
    List<NestedField> fields = new ArrayList<>();
    for (NestedField column : columns.columns()) {
      checkName(column.name(), names);
      checkType(column, formatVersion);
      fields.add(
          NestedField.builder()
              .withId(fields.size() + 1)
              .withName(column.name())
              .isOptional(column.isOptional())
              .ofType(column.type())
              .withDoc(column.doc())
              .build());
    }
    return SystemColumns.addTo(new Schema(fields));
  }

  private static void checkName(String name, Set<String> names) {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH || hasControls(name)) {
      throw new IllegalArgumentException(
          "a column's name has 1 to "
              + MAX_NAME_LENGTH
              + " characters, not all blank, without control characters: '"
              + name
              + "'");
    }
    if (SystemColumns.isSystemColumn(name)) {
      throw new IllegalArgumentException(
          "column '" + name + "' is one of Sluice's own: " + SystemColumns.NAMES);
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("column '" + name + "' is there twice");
    }
  }

  private static boolean hasControls(String name) {
    return name.chars().anyMatch(Character::isISOControl);
  }

  private static void checkType(NestedField column, int formatVersion) {
    Type type = column.type();
    if (type.isNestedType()) {
      throw new IllegalArgumentException(
          "column '"
              + column.name()
              + "' has the nested type "
              + type
              + ", which is not supported yet; the types are "
              + String.join(", ", ArrowSchemas.typeNames()));
    }
    if (type.typeId() == TypeID.TIMESTAMP_NANO && formatVersion < 3) {
      throw new IllegalArgumentException(
          "column '"
              + column.name()
              + "' has nanoseconds, which need the option format-version=3; or use "
              + type.toString().replace("_ns", ""));
    }
    if (column.initialDefault() != null || column.writeDefault() != null) {
      throw new IllegalArgumentException(
          "column '" + column.name() + "' has a default, which is not supported yet");
    }
    ArrowSchemas.field(column);
  }

  private static void checkBucketKey(String key, Schema schema) {
    NestedField column = schema.asStruct().field(key);
    if (column == null || SystemColumns.isSystemColumn(key)) {
      throw new IllegalArgumentException("bucket.key names no column: '" + key + "'");
    }
    if (NOT_HASHED.contains(column.type().typeId())) {
      throw new IllegalArgumentException(
          "bucket.key can't be column '"
              + key
              + "' of type "
              + column.type().toString().toLowerCase(Locale.ROOT)
              + ": it has no bucket hash");
    }
  }
}
