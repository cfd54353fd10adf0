package io.sluice.flink.read;

import static org.apache.flink.table.types.logical.utils.LogicalTypeChecks.getPrecision;
import static org.apache.flink.table.types.logical.utils.LogicalTypeChecks.getScale;

import java.util.Optional;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.NestedFieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expression.Operation;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * A column, or a field within one, that a filter compares.
 *
 * @param name as Iceberg has it, names of fields behind dots
 * @param type of it
 * @param isNested whether it is within another
 */
record FilterColumn(String name, LogicalType type, boolean isNested) {

  /** Returns the column that an expression is, casts aside that change no value and no order. */
  static Optional<FilterColumn> of(ResolvedExpression expression) {
    if (expression instanceof FieldReferenceExpression field) {
      return Optional.of(
          new FilterColumn(field.getName(), field.getOutputDataType().getLogicalType(), false));
    } else if (expression instanceof NestedFieldReferenceExpression field) {
      return Optional.of(
          new FilterColumn(
              String.join(".", field.getFieldNames()),
              field.getOutputDataType().getLogicalType(),
              true));
    } else if (expression instanceof CallExpression call
        && call.getFunctionDefinition() == BuiltInFunctionDefinitions.CAST) {
      LogicalType to = call.getOutputDataType().getLogicalType();
      return of(call.getResolvedChildren().get(0)).filter(column -> isKept(column.type(), to));
    }
    return Optional.empty();
  }

  LogicalTypeRoot root() {
    return type.getTypeRoot();
  }

  private static boolean isKept(LogicalType from, LogicalType to) {
    LogicalTypeRoot root = to.getTypeRoot();
    return switch (from.getTypeRoot()) {
      case INTEGER ->
          switch (root) {
            case INTEGER, BIGINT, DOUBLE -> true;
            case DECIMAL -> getPrecision(to) - getScale(to) >= 10;
            default -> false;
          };
      case BIGINT ->
          root == LogicalTypeRoot.BIGINT
              || (root == LogicalTypeRoot.DECIMAL && getPrecision(to) - getScale(to) >= 19);
      case DECIMAL ->
          root == LogicalTypeRoot.DECIMAL
              && getScale(to) >= getScale(from)
              && getPrecision(to) - getScale(to) >= getPrecision(from) - getScale(from);
      case FLOAT -> root == LogicalTypeRoot.FLOAT || root == LogicalTypeRoot.DOUBLE;
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          root == from.getTypeRoot() && getPrecision(to) >= getPrecision(from);
      case DATE ->
          root == LogicalTypeRoot.DATE || root == LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE;
      default -> from.copy(true).equals(to.copy(true));
    };
  }

  /** Returns what is true for all rows, and perhaps more, for which a comparison has a truth. */
  Optional<Expression> compare(Operation operation, ValueLiteralExpression literal, boolean truth) {
    Object value = FilterValues.of(type, literal);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Float || value instanceof Double) {
      return Optional.ofNullable(floating(operation, (Number) value, truth));
    }
    boolean ordered = root() != LogicalTypeRoot.VARBINARY && root() != LogicalTypeRoot.BOOLEAN;
    if (!ordered && operation != Operation.EQ && operation != Operation.NOT_EQ) {
      return Optional.empty();
    }
    return Optional.of(predicate(truth ? operation : operation.negate(), value));
  }

  /**
   * Floating numbers have two zeros, which are equal in SQL and have an order in Iceberg, and NaN,
   * for which each comparison but {@code <>} is false.
   */
  private @Nullable Expression floating(Operation operation, Number value, boolean truth) {
    Operation asked = truth ? operation : operation.negate();
    boolean zero = value.doubleValue() == 0;
    if (zero && asked == Operation.EQ) {
      return Expressions.and(
          predicate(Operation.GT_EQ, zero(value, -1)), predicate(Operation.LT_EQ, zero(value, 1)));
    } else if (asked == Operation.NOT_EQ) {
      return zero ? null : predicate(asked, value);
    }
    boolean below = asked == Operation.LT || asked == Operation.GT_EQ;
    Expression compared = predicate(asked, zero ? zero(value, below ? -1 : 1) : value);
    // What isn't below 5 is above or at 5, or NaN.
    return truth || asked == Operation.EQ
        ? compared
        : Expressions.or(compared, Expressions.isNaN(name));
  }

  private static Number zero(Number like, int sign) {
    if (like instanceof Float) {
      return sign < 0 ? -0.0f : 0.0f;
    }
    return sign < 0 ? -0.0 : 0.0;
  }

  private Expression predicate(Operation operation, Object value) {
    return Expressions.predicate(operation, name, value);
  }
}
