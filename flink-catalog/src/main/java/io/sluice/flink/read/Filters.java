package io.sluice.flink.read;

import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.AND;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.BETWEEN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.EQUALS;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.GREATER_THAN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.IN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.IS_FALSE;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.IS_NOT_NULL;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.IS_NULL;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.IS_TRUE;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.LESS_THAN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.LESS_THAN_OR_EQUAL;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.LIKE;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.NOT;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.NOT_EQUALS;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.OR;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expression.Operation;
import org.apache.iceberg.expressions.Expressions;

/**
 * Flink's filters as Iceberg's, to leave out files by. What Iceberg has no word for is left out
 * where that only keeps more rows. SQL knows three truths: a filter keeps rows of which it is true,
 * and its negation keeps those of which it is false, so both are asked for.
 */
final class Filters {

  private static final Map<FunctionDefinition, Operation> COMPARISONS =
      Map.of(
          EQUALS, Operation.EQ,
          NOT_EQUALS, Operation.NOT_EQ,
          LESS_THAN, Operation.LT,
          LESS_THAN_OR_EQUAL, Operation.LT_EQ,
          GREATER_THAN, Operation.GT,
          GREATER_THAN_OR_EQUAL, Operation.GT_EQ);

  /** Returns an expression that is true for every row that the filter keeps, if there is one. */
  static Optional<Expression> toIceberg(ResolvedExpression filter) {
    try {
      return where(filter, true);
    } catch (RuntimeException e) {
      // A filter that can't be converted is only a file that can't be left out.
      return Optional.empty();
    }
  }

  /** Returns what is true for all rows, and perhaps more, for which a filter has a truth. */
  private static Optional<Expression> where(ResolvedExpression filter, boolean truth) {
    if (!(filter instanceof CallExpression call)) {
      return column(filter, truth);
    }
    FunctionDefinition function = call.getFunctionDefinition();
    List<ResolvedExpression> children = call.getResolvedChildren();
    if (function == NOT) {
      return where(children.get(0), !truth);
    } else if (function == AND) {
      return truth ? all(children, true) : any(children, false);
    } else if (function == OR) {
      return truth ? any(children, true) : all(children, false);
    } else if (function == IS_TRUE) {
      return truth ? where(children.get(0), true) : Optional.empty();
    } else if (function == IS_FALSE) {
      return truth ? where(children.get(0), false) : Optional.empty();
    } else if (function == IS_NULL || function == IS_NOT_NULL) {
      return isNull(children.get(0), (function == IS_NULL) == truth);
    } else if (function == LIKE) {
      return like(children, truth);
    } else if (function == IN) {
      return in(children, truth);
    } else if (function == BETWEEN) {
      return between(children, truth);
    }
    Operation comparison = COMPARISONS.get(function);
    return comparison == null ? Optional.empty() : compare(comparison, children, truth);
  }

  /** Joins what can be said of each by AND: what can't keeps all rows. */
  private static Optional<Expression> all(List<ResolvedExpression> filters, boolean truth) {
    return filters.stream().flatMap(one -> where(one, truth).stream()).reduce(Expressions::and);
  }

  /** Joins what can be said of each by OR, if something can be said of all. */
  private static Optional<Expression> any(List<ResolvedExpression> filters, boolean truth) {
    return joined(filters.stream().map(one -> where(one, truth)).toList(), Expressions::or);
  }

  private static Optional<Expression> joined(
      List<Optional<Expression>> parts, BinaryOperator<Expression> by) {
    return parts.stream().allMatch(Optional::isPresent)
        ? parts.stream().map(Optional::orElseThrow).reduce(by)
        : Optional.empty();
  }

  /** A column of booleans is a filter. */
  private static Optional<Expression> column(ResolvedExpression filter, boolean truth) {
    return FilterColumn.of(filter)
        .filter(column -> column.root() == LogicalTypeRoot.BOOLEAN)
        .map(column -> Expressions.equal(column.name(), truth));
  }

  /** Not of fields within others: whether one is null depends on those that it is in. */
  private static Optional<Expression> isNull(ResolvedExpression child, boolean wanted) {
    return FilterColumn.of(child)
        .filter(column -> !wanted || !column.isNested())
        .map(
            column ->
                wanted ? Expressions.isNull(column.name()) : Expressions.notNull(column.name()));
  }

  private static Optional<Expression> compare(
      Operation operation, List<ResolvedExpression> children, boolean truth) {
    ResolvedExpression left = children.get(0);
    ResolvedExpression right = children.get(1);
    return left instanceof ValueLiteralExpression literal
        ? FilterColumn.of(right)
            .flatMap(column -> column.compare(operation.flipLR(), literal, truth))
        : right instanceof ValueLiteralExpression literal
            ? FilterColumn.of(left).flatMap(column -> column.compare(operation, literal, truth))
            : Optional.empty();
  }

  private static Optional<Expression> in(List<ResolvedExpression> children, boolean truth) {
    ResolvedExpression column = children.get(0);
    List<Optional<Expression>> parts =
        children.subList(1, children.size()).stream()
            .map(value -> compare(Operation.EQ, List.of(column, value), truth))
            .toList();
    if (truth) {
      return joined(parts, Expressions::or);
    }
    return parts.stream().flatMap(Optional::stream).reduce(Expressions::and);
  }

  private static Optional<Expression> between(List<ResolvedExpression> children, boolean truth) {
    ResolvedExpression column = children.get(0);
    Optional<Expression> low = compare(Operation.GT_EQ, List.of(column, children.get(1)), truth);
    Optional<Expression> high = compare(Operation.LT_EQ, List.of(column, children.get(2)), truth);
    if (truth) {
      return low.isPresent() && high.isPresent()
          ? Optional.of(Expressions.and(low.get(), high.get()))
          : low.or(() -> high);
    }
    return joined(List.of(low, high), Expressions::or);
  }

  /** Takes what comes before the first character that may mean something else than itself. */
  private static Optional<Expression> like(List<ResolvedExpression> children, boolean truth) {
    Optional<FilterColumn> column =
        FilterColumn.of(children.get(0)).filter(one -> one.root() == LogicalTypeRoot.VARCHAR);
    if (children.size() != 2
        || column.isEmpty()
        || !(children.get(1) instanceof ValueLiteralExpression literal)) {
      return Optional.empty();
    }
    String pattern = literal.getValueAs(String.class).orElse("");
    int end = 0;
    while (end < pattern.length() && "%_\\".indexOf(pattern.charAt(end)) < 0) {
      end++;
    }
    String prefix = pattern.substring(0, end);
    if (prefix.isEmpty()) {
      return Optional.empty();
    }
    String name = column.get().name();
    if (truth) {
      return Optional.of(
          end == pattern.length()
              ? Expressions.equal(name, prefix)
              : Expressions.startsWith(name, prefix));
    }
    return pattern.equals(prefix + "%")
        ? Optional.of(Expressions.notStartsWith(name, prefix))
        : Optional.empty();
  }

  private Filters() {}
}
