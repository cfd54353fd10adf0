package io.sluice.flink.pushdown;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.expressions.AggregateExpression;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * An aggregate over all rows of a read, which is one row then.
 *
 * @param kind which
 * @param input the place of its argument among the columns that are read, from 0; {@link #NO_INPUT}
 *     if it has none
 * @param type of its argument; BIGINT if it has none
 */
public record Aggregate(Kind kind, int input, LogicalType type) implements Serializable {

  /** Stands for no argument. */
  public static final int NO_INPUT = -1;

  private static final String FUNCTIONS = "org.apache.flink.table.planner.functions.aggfunctions.";
  private static final int MICROS = 6;

  /** What is computed. */
  public enum Kind {
    /** The number of rows. */
    COUNT_ROWS,
    /** The number of rows in which the argument isn't null. */
    COUNT,
    /** The least of the arguments that aren't null, or null. */
    MIN,
    /** The greatest of the arguments that aren't null, or null. */
    MAX
  }

  public Aggregate {
    if ((kind == Kind.COUNT_ROWS) != (input == NO_INPUT)) {
      throw new IllegalArgumentException(kind + " can't have column " + input);
    }
  }

  /** Returns the count of rows. */
  public static Aggregate countRows() {
    return new Aggregate(Kind.COUNT_ROWS, NO_INPUT, new BigIntType(false));
  }

  /** Returns an aggregate of Flink's, if it is one of these. */
  public static Optional<Aggregate> of(AggregateExpression expression) {
    if (expression.isDistinct()
        || expression.isApproximate()
        || expression.getFilterExpression().isPresent()
        || expression.getArgs().size() > 1) {
      return Optional.empty();
    }
    Class<?> function = expression.getFunctionDefinition().getClass();
    if (expression.getArgs().isEmpty()) {
      return is(function, "Count1AggFunction") ? Optional.of(countRows()) : Optional.empty();
    }
    int input = expression.getArgs().get(0).getFieldIndex();
    LogicalType type = expression.getArgs().get(0).getOutputDataType().getLogicalType();
    if (is(function, "CountAggFunction")) {
      return Optional.of(new Aggregate(Kind.COUNT, input, type));
    }
    if (!hasOneOrder(type)) {
      return Optional.empty();
    }
    if (is(function, "MinAggFunction")) {
      return Optional.of(new Aggregate(Kind.MIN, input, type));
    }
    return is(function, "MaxAggFunction")
        ? Optional.of(new Aggregate(Kind.MAX, input, type))
        : Optional.empty();
  }

  /**
   * Returns whether arguments are columns for certain. Flink's planner also pushes {@code COUNT(x)}
   * down when {@code x} is computed of a column, and doesn't say so: {@code COUNT(NULLIF(n, 0))}
   * arrives as {@code COUNT(n)}. It does so only if it pushes nothing but counts.
   */
  public static boolean areOfColumns(List<Aggregate> aggregates) {
    return aggregates.stream().noneMatch(one -> one.kind() == Kind.COUNT)
        || aggregates.stream().anyMatch(one -> one.kind() == Kind.MIN || one.kind() == Kind.MAX);
  }

  /**
   * Returns whether Flink and Iceberg order a type's values alike, and metadata has them whole:
   * floating numbers have NaN and two zeros, bounds of strings are cut.
   */
  private static boolean hasOneOrder(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case INTEGER, BIGINT, DATE, DECIMAL -> true;
      case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          type.asSummaryString().contains("(" + MICROS + ")");
      default -> false;
    };
  }

  /** Flink loads its planner's classes where connectors don't see them. */
  private static boolean is(Class<?> function, String name) {
    for (Class<?> type = function; type != null; type = type.getSuperclass()) {
      if (type.getName().equals(FUNCTIONS + name)) {
        return true;
      }
    }
    return false;
  }

  /** Returns this with its argument elsewhere. */
  public Aggregate at(int place) {
    return new Aggregate(kind, place, type);
  }

  /** Returns whether values are decimals: others are longs. */
  boolean isDecimal() {
    return type instanceof DecimalType;
  }
}
