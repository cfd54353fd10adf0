package io.sluice.gateway.read;

import io.sluice.catalog.table.Table;
import io.sluice.log.frame.ColumnBounds;
import io.sluice.log.frame.Frame;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Binder;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.jspecify.annotations.Nullable;

/**
 * Tells frames in which no row can match a filter by what their headers say of the columns, as
 * Iceberg tells data files. A frame that passes may have rows that don't match. Thread-safe.
 */
final class FrameFilter {

  private static final String PATH = "frame.parquet";

  /** Lets all frames pass. */
  static final FrameFilter ALL = new FrameFilter(null, Set.of());

  private final @Nullable InclusiveMetricsEvaluator evaluator;
  private final Set<Integer> columns;

  private FrameFilter(@Nullable InclusiveMetricsEvaluator evaluator, Set<Integer> columns) {
    this.evaluator = evaluator;
    this.columns = columns;
  }

  /**
   * Reads a filter.
   *
   * @param json an expression as Iceberg's REST catalog has it; empty for all rows
   * @throws IllegalArgumentException if it isn't one, or doesn't fit the table's columns
   */
  static FrameFilter of(Table table, String json) {
    if (json.isEmpty()) {
      return ALL;
    }
    Schema schema = table.rowSchema();
    try {
      Expression expression = ExpressionParser.fromJson(json, schema);
      Set<Integer> columns = Binder.boundReferences(schema.asStruct(), List.of(expression), true);
      return new FrameFilter(new InclusiveMetricsEvaluator(schema, expression), columns);
    } catch (RuntimeException e) {
      // Of many kinds: what is wrong with JSON, a value or a name comes as each part throws it.
      throw new IllegalArgumentException(
          "the filter isn't one for table %s: %s".formatted(table.name(), e.getMessage()), e);
    }
  }

  /** Returns false if no row of a frame matches, as far as its header tells. */
  boolean mayMatch(Frame frame) {
    return evaluator == null || mayMatch(frame.header().rows(), frame.bounds());
  }

  /**
   * Returns false if none of some rows matches, as far as the bounds of their columns tell.
   *
   * @param rows how many rows there are
   */
  boolean mayMatch(int rows, List<ColumnBounds> bounds) {
    return evaluator == null || evaluator.eval(file(rows, bounds));
  }

  private DataFile file(int rows, List<ColumnBounds> known) {
    Map<Integer, Long> values = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    Map<Integer, ByteBuffer> lower = new HashMap<>();
    Map<Integer, ByteBuffer> upper = new HashMap<>();
    for (ColumnBounds column : known) {
      int id = column.fieldId();
      if (columns.contains(id)) {
        values.put(id, (long) rows);
        nulls.put(id, (long) column.nullCount());
        put(lower, id, column.lower());
        put(upper, id, column.upper());
      }
    }
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath(PATH)
        .withFileSizeInBytes(1)
        .withMetrics(new Metrics((long) rows, null, values, nulls, null, lower, upper))
        .build();
  }

  private static void put(Map<Integer, ByteBuffer> bounds, int id, @Nullable ByteBuffer bound) {
    if (bound != null) {
      bounds.put(id, bound);
    }
  }
}
