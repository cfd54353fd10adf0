package io.sluice.flink.read;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/** What a gateway is told of a query's filters, to leave out frames of the log. */
final class LogFilter {

  /**
   * Returns those of {@code filters} that name only columns of rows, joined by AND. They are bound,
   * so that their values have the columns' types on the wire too: a gateway reads a time from text,
   * not from a number.
   */
  static Expression of(List<Expression> filters, Schema rowSchema) {
    Expression all = Expressions.alwaysTrue();
    for (Expression filter : filters) {
      try {
        all = Expressions.and(all, Binder.bind(rowSchema.asStruct(), filter, true));
      } catch (ValidationException e) {
        // System columns aren't in frames. It only spares what it can: Flink applies every filter.
      }
    }
    return all;
  }

  private LogFilter() {}
}
