package io.sluice.flink.read;

import java.util.Optional;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionVisitors;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.expressions.UnboundPredicate;
import org.apache.iceberg.flink.FlinkFilters;

/** Flink's filters as Iceberg's, where both mean the same. */
final class Filters {

  /** Returns an expression that is true for every row that the filter keeps, if there is one. */
  static Optional<Expression> toIceberg(ResolvedExpression filter) {
    Optional<Expression> converted;
    try {
      converted = FlinkFilters.convert(filter);
    } catch (RuntimeException e) {
      // A filter that can't be converted is only a file that can't be left out.
      return Optional.empty();
    }
    return converted.filter(expression -> !ExpressionVisitors.visit(expression, new ZeroFinder()));
  }

  /**
   * Finds comparisons with a floating zero: Iceberg orders -0.0 below 0.0, where SQL has them
   * equal, so it would leave out files that Flink wants.
   */
  private static final class ZeroFinder extends ExpressionVisitors.ExpressionVisitor<Boolean> {
    @Override
    public Boolean alwaysTrue() {
      return false;
    }

    @Override
    public Boolean alwaysFalse() {
      return false;
    }

    @Override
    public Boolean not(Boolean child) {
      return child;
    }

    @Override
    public Boolean and(Boolean left, Boolean right) {
      return left || right;
    }

    @Override
    public Boolean or(Boolean left, Boolean right) {
      return left || right;
    }

    @Override
    public <T> Boolean predicate(UnboundPredicate<T> predicate) {
      if (predicate.literals() == null) {
        return false;
      }
      return predicate.literals().stream().anyMatch(ZeroFinder::isZero);
    }

    private static boolean isZero(Literal<?> literal) {
      return literal.value() instanceof Number number && number.doubleValue() == 0;
    }
  }

  private Filters() {}
}
