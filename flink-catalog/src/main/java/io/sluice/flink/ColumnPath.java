package io.sluice.flink;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A column, or a field within one: the names on the way to it. As text they have dots between them.
 *
 * @param names the column's, and those of fields within fields; at least one
 */
public record ColumnPath(List<String> names) {

  public ColumnPath {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a path has a column at least");
    }
  }

  /** Returns a path from its text; a column that has the text as its name comes first. */
  public static ColumnPath of(StructType columns, String text) {
    boolean nested = columns.field(text) == null && text.indexOf('.') > 0;
    return new ColumnPath(nested ? List.of(text.split("\\.", -1)) : List.of(text));
  }

  /**
   * Returns the path to a field of a type.
   *
   * @param places of each field within the one before
   */
  public static ColumnPath of(RowType columns, int[] places) {
    List<String> names = new ArrayList<>();
    LogicalType type = columns;
    for (int place : places) {
      RowType row = (RowType) type;
      names.add(row.getFieldNames().get(place));
      type = row.getTypeAt(place);
    }
    return new ColumnPath(names);
  }

  /** Returns whether each text is of one path alone: no name has a dot. */
  public static boolean areClear(LogicalType type) {
    return (!(type instanceof RowType row)
            || row.getFieldNames().stream().noneMatch(name -> name.indexOf('.') >= 0))
        && type.getChildren().stream().allMatch(ColumnPath::areClear);
  }

  /** Returns the name of the column. */
  public String column() {
    return names.get(0);
  }

  /** Returns whether it is a field within a column. */
  public boolean isNested() {
    return names.size() > 1;
  }

  /** Returns the path's text. */
  public String text() {
    return String.join(".", names);
  }

  /** Returns the fields on the way to it, itself the last; empty if it isn't there. */
  public List<NestedField> fields(StructType columns) {
    List<NestedField> fields = new ArrayList<>();
    @Nullable StructType within = columns;
    for (String name : names) {
      @Nullable NestedField field = within == null ? null : within.field(name);
      if (field == null) {
        return List.of();
      }
      fields.add(field);
      within = field.type().isStructType() ? field.type().asStructType() : null;
    }
    return Collections.unmodifiableList(fields);
  }
}
