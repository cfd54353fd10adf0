package io.sluice.flink.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types.NestedField;

/** Which columns of the lake a query reads, and what it can prune by. */
final class LakeColumns {

  /** Returns the columns of that name, in that order. */
  static Schema project(Table table, List<String> names) throws IOException {
    List<NestedField> fields = new ArrayList<>();
    for (String name : names) {
      NestedField field = table.schema().findField(name);
      if (field == null) {
        throw new IOException(
            "column '"
                + name
                + "' is not in lake table "
                + table.name()
                + " any more: "
                + table.schema());
      }
      fields.add(field);
    }
    return new Schema(fields);
  }

  /** Returns those of {@code filters} that name only columns of {@code schema}, joined by AND. */
  static Expression applicable(List<Expression> filters, Schema schema) {
    Expression all = Expressions.alwaysTrue();
    for (Expression filter : filters) {
      try {
        Binder.bind(schema.asStruct(), filter, true);
        all = Expressions.and(all, filter);
      } catch (ValidationException e) {
        // It only prunes: Flink applies every filter itself.
      }
    }
    return all;
  }

  private LakeColumns() {}
}
