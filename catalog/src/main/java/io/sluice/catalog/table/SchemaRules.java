package io.sluice.catalog.table;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import io.sluice.catalog.types.Promotion;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.NestedType;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;

/** Which columns a table can have, and what may become of them. */
public final class SchemaRules {

  /** Fields within columns included. */
  private static final int MAX_COLUMNS = 5_000;

  private static final int MAX_NAME_LENGTH = 255;
  private static final int MAX_PATH_LENGTH = 4_000;

  /** Leaves room in a table record for later schemas. */
  private static final int MAX_BYTES = 300_000;

  /** Of all that a table has had: a table record is one value of the metadata store. */
  private static final int MAX_BYTES_OF_ALL = 900_000;

  /** Types without an Iceberg bucket hash. */
  private static final Set<TypeID> NOT_HASHED = Set.of(TypeID.BOOLEAN, TypeID.FLOAT, TypeID.DOUBLE);

  /**
   * Checks a table's columns by themselves.
   *
   * @param schema without system columns
   * @throws IllegalArgumentException with what is wrong, and what would be right
   */
  static void check(Schema schema, TableOptions options) {
    if (!schema.identifierFieldIds().isEmpty()) {
      throw new IllegalArgumentException(
          "a PRIMARY KEY is not supported yet: "
              + schema.identifierFieldNames()
              + "; leave it out, rows are appended and never replaced");
    }
    if (schema.columns().isEmpty() || schema.columns().size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "a table has 1 to " + MAX_COLUMNS + " columns, not " + schema.columns().size());
    }
    for (NestedField column : schema.columns()) {
      if (SystemColumns.isSystemColumn(column.name())) {
        throw new IllegalArgumentException(
            "column '" + column.name() + "' is one of Sluice's own: " + SystemColumns.NAMES);
      }
    }
    checkFields("", schema.columns(), options.formatVersion());
    checkPaths(schema);
    for (String key : options.bucketKey()) {
      checkBucketKey(key, schema);
    }
    int bytes = bytes(schema);
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "its columns' names and comments take "
              + bytes
              + " bytes, more than "
              + MAX_BYTES
              + "; use fewer or shorter ones");
    }
  }

  /**
   * Checks what is to become of the columns of a table's lake table.
   *
   * @param before those that are there, system columns included
   * @param after those that are to be
   * @throws IllegalArgumentException with what can't be, and why
   */
  public static void checkChange(Table table, Schema before, Schema after) {
    if (DeadLetters.isName(table.name())
        && DeadLetters.fitIn(table)
        && !DeadLetters.areColumns(SystemColumns.removeFrom(after))) {
      throw new IllegalArgumentException("it takes dead letters, whose columns are what they are");
    }
    for (String name : named(table)) {
      NestedField was = before.findField(name);
      String is = was == null ? null : after.findColumnName(was.fieldId());
      if (!name.equals(is)) {
        throw new IllegalArgumentException(
            "column '" + name + "' can't be " + (is == null ? "dropped" : "renamed") + why(table));
      }
    }
    check(SystemColumns.removeFrom(after), table.options());
    checkRoom(table.schemas().values(), after);
    for (NestedField own : SystemColumns.fields(1)) {
      NestedField was = before.findField(own.name());
      NestedField is = after.findField(own.name());
      if (was == null || is == null || !same(was, is)) {
        throw new IllegalArgumentException(
            "column '" + own.name() + "' is one of Sluice's own: it stays as it is");
      }
    }
    checkFields("", before.asStruct(), after.asStruct());
  }

  /**
   * Checks what is to become of the fields of a type.
   *
   * @param path of what they are in, with a dot behind it; empty for columns
   */
  private static void checkFields(String path, NestedType before, NestedType after) {
    for (NestedField field : after.fields()) {
      NestedField was = before.field(field.fieldId());
      if (was != null) {
        checkKept(path + was.name(), was, field);
      } else if (before.isStructType()) {
        checkAdded(path + field.name(), field);
      } else {
        throw new IllegalArgumentException(
            "'%s' has another id in a new %s: what was in it would be lost; make another column"
                .formatted(path + field.name(), ArrowSchemas.typeText(after)));
      }
    }
  }

  /** The columns that options name. */
  private static Set<String> named(Table table) {
    Set<String> names = new HashSet<>(table.options().lakePartitioning().columns());
    names.addAll(table.bucketKey());
    return names;
  }

  private static String why(Table table) {
    return table.bucketKey().isEmpty()
        ? ": lake.partitioning names it; take it out of there first"
        : ": bucket.key or lake.partitioning names it; take it out of lake.partitioning first, or"
            + " make another table, since a key is for ever";
  }

  private static boolean same(NestedField was, NestedField is) {
    return was.fieldId() == is.fieldId()
        && was.type().equals(is.type())
        && was.isOptional() == is.isOptional();
  }

  private static void checkAdded(String path, NestedField column) {
    if (column.isRequired()) {
      throw new IllegalArgumentException(
          "column '" + path + "' can't be added as NOT NULL: rows of before have no value for it");
    }
  }

  private static void checkKept(String path, NestedField was, NestedField is) {
    if (was.isOptional() && is.isRequired()) {
      throw new IllegalArgumentException(
          "column '" + path + "' can't become NOT NULL: rows of before may have none");
    }
    if (was.type().isNestedType() && was.type().typeId() == is.type().typeId()) {
      checkFields(path + ".", was.type().asNestedType(), is.type().asNestedType());
    } else if (!was.type().equals(is.type()) && !Promotion.isPossible(was.type(), is.type())) {
      throw new IllegalArgumentException(
          "column '%s' can't become %s: a column of type %s can become %s"
              .formatted(
                  path,
                  ArrowSchemas.typeText(is.type()),
                  ArrowSchemas.typeText(was.type()),
                  Promotion.widerThan(was.type())));
    }
  }

  /**
   * Checks that a table record can hold all schemas that a table has had.
   *
   * @param known those that it holds
   * @param further another
   * @throws IllegalArgumentException if it can't
   */
  private static void checkRoom(Collection<Schema> known, Schema further) {
    long bytes = bytes(further);
    for (Schema schema : known) {
      bytes += bytes(schema);
    }
    if (bytes > MAX_BYTES_OF_ALL) {
      throw new IllegalArgumentException(
          "all schemas that the table has had would take "
              + bytes
              + " bytes, more than "
              + MAX_BYTES_OF_ALL
              + ": make another table with the columns you want, and insert the rows there");
    }
  }

  private static int bytes(Schema schema) {
    return SchemaParser.toJson(schema).getBytes(StandardCharsets.UTF_8).length;
  }

  private static void checkName(String path, String name, Set<String> names) {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH || hasControls(name)) {
      throw new IllegalArgumentException(
          "a column's name has 1 to "
              + MAX_NAME_LENGTH
              + " characters, not all blank, without control characters: '"
              + path
              + name
              + "'");
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("column '" + path + name + "' is there twice");
    }
  }

  private static boolean hasControls(String name) {
    return name.chars().anyMatch(Character::isISOControl);
  }

  private static void checkFields(String path, List<NestedField> fields, int formatVersion) {
    Set<String> names = new HashSet<>();
    for (NestedField field : fields) {
      checkName(path, field.name(), names);
      if (field.type().isNestedType()) {
        checkNested(path + field.name(), field.type().asNestedType(), formatVersion);
      } else {
        checkType(path + field.name(), field.type(), formatVersion);
      }
      boolean defaults = field.initialDefault() != null || field.writeDefault() != null;
      if (defaults && formatVersion < 3) {
        throw new IllegalArgumentException(
            "column '"
                + path
                + field.name()
                + "' has a default, which needs the option format-version=3 of CREATE TABLE");
      }
      if (!ColumnDefaults.isWithin(field.type(), field.initialDefault())
          || !ColumnDefaults.isWithin(field.type(), field.writeDefault())) {
        throw new IllegalArgumentException(
            "the default of column '%s%s' is beyond its type".formatted(path, field.name()));
      }
      if (defaults && !path.isEmpty()) {
        // Iceberg's readers take a null struct for one with the default.
        throw new IllegalArgumentException(
            "column '"
                + path
                + field.name()
                + "' can't have a default: only columns of a table can, not fields within them");
      }
    }
  }

  private static void checkNested(String path, NestedType type, int formatVersion) {
    if (type.fields().isEmpty()) {
      throw new IllegalArgumentException("column '" + path + "' is a struct without any fields");
    }
    if (path.length() > MAX_PATH_LENGTH) {
      throw new IllegalArgumentException(
          "column '%s...' is nested so deeply that its path has more than %d characters"
              .formatted(path.substring(0, MAX_NAME_LENGTH), MAX_PATH_LENGTH));
    }
    checkFields(path + ".", type.fields(), formatVersion);
  }

  private static void checkType(String path, Type type, int formatVersion) {
    if (type.typeId() == TypeID.TIMESTAMP_NANO && formatVersion < 3) {
      throw new IllegalArgumentException(
          "column '"
              + path
              + "' has nanoseconds, which need the option format-version=3; or use "
              + type.toString().replace("_ns", ""));
    }
    try {
      var unusedHasOne = ArrowSchemas.type(type);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("column '" + path + "': " + e.getMessage(), e);
    }
  }

  /** Fields within columns count, and are found by their paths, which must not be alike. */
  private static void checkPaths(Schema schema) {
    int fields = TypeUtil.getProjectedIds(schema.asStruct()).size();
    if (fields > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "its columns have " + fields + " fields in all, more than " + MAX_COLUMNS);
    }
    try {
      var unused = TypeUtil.indexByName(schema.asStruct());
    } catch (ValidationException e) {
      throw new IllegalArgumentException(
          "two columns have the same path, dots between names included: " + e.getMessage(), e);
    }
  }

  private static void checkBucketKey(String key, Schema schema) {
    NestedField column = schema.asStruct().field(key);
    if (column == null) {
      throw new IllegalArgumentException("bucket.key names no column: '" + key + "'");
    }
    if (NOT_HASHED.contains(column.type().typeId()) || column.type().isNestedType()) {
      throw new IllegalArgumentException(
          "bucket.key can't be column '"
              + key
              + "' of type "
              + ArrowSchemas.typeText(column.type())
              + ": it has no bucket hash");
    }
  }

  private SchemaRules() {}
}
