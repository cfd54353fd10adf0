package io.sluice.flink.lake;

import io.sluice.flink.ColumnPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Which columns of the lake a query reads, and what it can prune by. */
final class LakeColumns {

  /**
   * Returns columns by their names when the query began; in the lake they may have others by now.
   *
   * @param planned the table's columns when the query began
   * @param names of columns, and of fields within them behind dots: of a column that isn't named
   *     itself, the named fields alone
   * @throws IOException if one isn't there any more, or has another type
   */
  static Schema project(Table table, Schema planned, List<String> names) throws IOException {
    return project(table.name(), table.schema(), planned, names);
  }

  /** Returns columns of a version of the table, see {@link #project(Table, Schema, List)}. */
  static Schema project(LakeCatalog.View view, Schema planned, List<String> names)
      throws IOException {
    return project(view.table().name(), view.schema(), planned, names);
  }

  private static Schema project(String table, Schema lake, Schema planned, List<String> names)
      throws IOException {
    List<ColumnPath> paths = new ArrayList<>();
    for (String name : names) {
      ColumnPath path = ColumnPath.of(planned.asStruct(), name);
      if (path.fields(planned.asStruct()).isEmpty()) {
        throw changed(table, name, "isn't there any more");
      }
      paths.add(path);
    }
    List<NestedField> fields = PrunedColumns.of(planned.asStruct(), paths);
    for (NestedField field : fields) {
      require(table, field.name(), field, lake.findField(field.fieldId()));
    }
    return new Schema(fields);
  }

  /** Fields that are new within others aren't read; those that have other names are. */
  private static void require(
      String table, String path, NestedField field, @Nullable NestedField now) throws IOException {
    if (now == null) {
      throw changed(table, path, "isn't there any more");
    }
    if (now.isOptional() && field.isRequired()) {
      throw changed(table, path, "may have nulls now");
    }
    if (field.type().isNestedType() && now.type().typeId() == field.type().typeId()) {
      for (NestedField within : field.type().asNestedType().fields()) {
        NestedField withinNow = now.type().asNestedType().field(within.fieldId());
        require(table, path + "." + within.name(), within, withinNow);
      }
    } else if (!now.type().equals(field.type())) {
      throw changed(table, path, "is " + now.type() + " now, and was " + field.type());
    }
  }

  private static IOException changed(String table, String name, String how) {
    return new IOException(
        "column '"
            + name
            + "' of lake table "
            + table
            + " was altered while it was read: it "
            + how
            + "; submit the query again");
  }

  /**
   * Returns those of {@code filters} that name only columns which the lake knows by the same names
   * as when the query began, joined by AND.
   */
  static Expression pruning(Table table, Schema planned, List<Expression> filters) {
    List<Expression> same =
        filters.stream().filter(filter -> hasSameNames(table.schema(), planned, filter)).toList();
    return applicable(same, table.schema());
  }

  private static boolean hasSameNames(Schema lake, Schema planned, Expression filter) {
    try {
      return Binder.boundReferences(planned.asStruct(), List.of(filter), true).stream()
          .allMatch(id -> Objects.equals(lake.findColumnName(id), planned.findColumnName(id)));
    } catch (ValidationException e) {
      return false;
    }
  }

  /**
   * Returns those of {@code filters} that name only columns of {@code schema}, joined by AND. None
   * names one with an initial default: for Iceberg's Parquet filters all of it is null in a file
   * that hasn't the column.
   */
  static Expression applicable(List<Expression> filters, Schema schema) {
    Expression all = Expressions.alwaysTrue();
    for (Expression filter : filters) {
      try {
        Set<Integer> columns = Binder.boundReferences(schema.asStruct(), List.of(filter), true);
        if (columns.stream().allMatch(id -> schema.findField(id).initialDefault() == null)) {
          all = Expressions.and(all, filter);
        }
      } catch (ValidationException e) {
        // It only prunes: Flink applies every filter itself.
      }
    }
    return all;
  }

  private LakeColumns() {}
}
