package io.sluice.catalog.table;

import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Where a column is: Iceberg puts dots between the names of fields within each other, with {@code
 * element} for what is in a list, and {@code key} and {@code value} for what is in a map. A name
 * may have dots of its own.
 *
 * @param parent the path of what it is in; null for a column of the table
 * @param name its own
 */
record ColumnPath(@Nullable String parent, String name) {

  /** Returns the path of a field that is there, or of a column that isn't. */
  static ColumnPath of(String path, Schema schema) {
    NestedField field = schema.findField(path);
    return field == null || path.length() == field.name().length()
        ? new ColumnPath(null, path)
        : new ColumnPath(
            path.substring(0, path.length() - field.name().length() - 1), field.name());
  }

  /**
   * Returns the path of a field that is to be: within another, if there is one with fields that the
   * path begins with. Otherwise dots are part of its name.
   */
  static ColumnPath ofNew(String path, Schema schema) {
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      NestedField parent = schema.findField(path.substring(0, dot));
      if (parent != null && parent.type().isNestedType()) {
        return new ColumnPath(path.substring(0, dot), path.substring(dot + 1));
      }
    }
    return new ColumnPath(null, path);
  }

  /** Returns the path of another field of the same struct. */
  String sibling(String other) {
    return parent == null ? other : parent + "." + other;
  }

  /** Returns the fields of the struct that a field of a schema is in, itself included. */
  static List<NestedField> siblings(NestedField field, Schema schema) {
    Integer parent = TypeUtil.indexParents(schema.asStruct()).get(field.fieldId());
    return parent == null
        ? schema.columns()
        : schema.findField(parent).type().asNestedType().fields();
  }

  /**
   * Returns whether a field is in nothing but structs, so that a row has one value of it at most.
   */
  static boolean isSingle(NestedField field, Schema schema) {
    Map<Integer, Integer> parents = TypeUtil.indexParents(schema.asStruct());
    Integer parent = parents.get(field.fieldId());
    while (parent != null) {
      if (!schema.findField(parent).type().isStructType()) {
        return false;
      }
      parent = parents.get(parent);
    }
    return true;
  }

  @Override
  public String toString() {
    return sibling(name);
  }
}
