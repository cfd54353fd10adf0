package io.sluice.flink.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.flink.ColumnPath;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Pushed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsSourceWatermark;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.expressions.AggregateExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.types.DataType;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * A table in a query. Filters leave out lake files and row groups, unless watermarks would be
 * withheld by that; Flink applies them to rows.
 *
 * @see CountingTableSource
 */
public class SluiceTableSource
    implements ScanTableSource,
        SupportsProjectionPushDown,
        SupportsFilterPushDown,
        SupportsLimitPushDown,
        SupportsReadingMetadata,
        SupportsWatermarkPushDown,
        SupportsSourceWatermark {

  private final boolean bounded;
  private ScanSpec spec;
  private List<String> physical;
  private List<String> metadata;
  private DataType producedType;
  private @Nullable WatermarkStrategy<RowData> watermarks;

  /**
   * @param spec of all physical columns
   * @param producedType their type
   * @param bounded whether the query is to end
   */
  public SluiceTableSource(ScanSpec spec, DataType producedType, boolean bounded) {
    this(spec, producedType, bounded, List.copyOf(spec.columns()), List.of());
  }

  SluiceTableSource(SluiceTableSource other) {
    this(other.spec, other.producedType, other.bounded, other.physical, other.metadata);
    this.watermarks = other.watermarks;
  }

  private SluiceTableSource(
      ScanSpec spec,
      DataType producedType,
      boolean bounded,
      List<String> physical,
      List<String> metadata) {
    this.spec = spec;
    this.producedType = producedType;
    this.bounded = bounded;
    this.physical = physical;
    this.metadata = metadata;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    TypeInformation<RowData> type = context.createTypeInformation(producedType);
    SluiceSource source = new SluiceSource(toRead(), bounded, type);
    return watermarks == null
        ? SourceProvider.of(source, spec.settings().parallelism())
        : new WatermarkedScan(source, watermarks, spec);
  }

  private ScanSpec toRead() {
    List<String> columns = new ArrayList<>(physical);
    columns.addAll(metadata);
    Pushed pushed = spec.pushed();
    if (needsAllRows()) {
      return spec.withColumns(columns).withFilters(List.of());
    }
    if (!pushed.isAggregate()) {
      return spec.withColumns(columns);
    }
    List<String> inputs = new ArrayList<>();
    List<Aggregate> aggregates = new ArrayList<>();
    for (Aggregate aggregate : pushed.aggregates()) {
      if (aggregate.input() == Aggregate.NO_INPUT) {
        aggregates.add(aggregate);
        continue;
      }
      String input = columns.get(aggregate.input());
      if (!inputs.contains(input)) {
        inputs.add(input);
      }
      aggregates.add(aggregate.at(inputs.indexOf(input)));
    }
    return spec.withColumns(inputs).withPushed(pushed.withAggregates(aggregates));
  }

  @Override
  public boolean supportsNestedProjection() {
    return spec.planned() != null && ColumnPath.areClear(spec.planned());
  }

  @Override
  public void applyProjection(int[][] projectedFields, DataType producedDataType) {
    List<String> projected = new ArrayList<>();
    for (int[] path : projectedFields) {
      projected.add(
          path.length == 1
              ? spec.columns().get(path[0])
              : ColumnPath.of(Objects.requireNonNull(spec.planned()), path).text());
    }
    physical = projected;
    producedType = producedDataType;
  }

  /** Each bucket has watermarks of its own: the table's is the least of them. */
  @Override
  public void applyWatermark(WatermarkStrategy<RowData> strategy) {
    watermarks = strategy;
  }

  /** The source's own watermarks are append times, which never go back within a bucket. */
  @Override
  public void applySourceWatermark() {
    spec = spec.withSettings(spec.settings().withAppendTimeWatermarks());
    Duration idle = spec.settings().idleTimeout();
    WatermarkStrategy<RowData> none = WatermarkStrategy.noWatermarks();
    watermarks = idle.isZero() ? none : none.withIdleness(idle);
  }

  @Override
  public Map<String, DataType> listReadableMetadata() {
    Map<String, DataType> readable = new LinkedHashMap<>();
    readable.put(SystemColumns.BUCKET, DataTypes.INT());
    readable.put(SystemColumns.OFFSET, DataTypes.BIGINT());
    readable.put(SystemColumns.TIMESTAMP, DataTypes.TIMESTAMP_LTZ(6));
    return readable;
  }

  @Override
  public void applyReadableMetadata(List<String> keys, DataType producedDataType) {
    metadata = List.copyOf(keys);
    producedType = producedDataType;
  }

  @Override
  public Result applyFilters(List<ResolvedExpression> filters) {
    if (hasFields() || needsAllRows()) {
      // They would name fields as the projection does, which may be a column's name.
      return Result.of(List.of(), filters);
    }
    List<Expression> pruning = new ArrayList<>();
    List<ResolvedExpression> accepted = new ArrayList<>();
    for (ResolvedExpression filter : filters) {
      Optional<Expression> expression = Filters.toIceberg(filter);
      expression.ifPresent(pruning::add);
      expression.ifPresent(unused -> accepted.add(filter));
    }
    spec = spec.withFilters(pruning);
    // Those accepted are shown by EXPLAIN; Flink applies all of them to the rows that come.
    return Result.of(accepted, filters);
  }

  /** A stream's limit is Flink's own affair: after a restart it counts on from its state. */
  @Override
  public void applyLimit(long limit) {
    if (goesByFiles()) {
      spec = spec.withPushed(spec.pushed().withLimit(limit));
    }
  }

  /** See {@link org.apache.flink.table.connector.source.abilities.SupportsAggregatePushDown}. */
  boolean takeAggregates(
      List<int[]> groupingSets, List<AggregateExpression> expressions, DataType producedDataType) {
    boolean grouped = groupingSets.stream().anyMatch(grouping -> grouping.length > 0);
    if (!goesByFiles()
        || hasFields()
        || grouped
        || spec.pushed().hasLimit()
        || !spec.filters().isEmpty()) {
      return false;
    }
    List<Aggregate> aggregates =
        expressions.stream().flatMap(one -> Aggregate.of(one).stream()).toList();
    if (aggregates.size() < expressions.size() || !Aggregate.areOfColumns(aggregates)) {
      return false;
    }
    spec = spec.withPushed(spec.pushed().withAggregates(aggregates));
    producedType = producedDataType;
    return true;
  }

  /**
   * Rows that aren't read advance no watermark: windows would stay open, or, with a timeout for
   * idle buckets, the rows behind them would be late. A query that ends closes all windows.
   */
  private boolean needsAllRows() {
    return !bounded && watermarks != null;
  }

  /** Returns whether fields are read without the columns that they are in. */
  private boolean hasFields() {
    return !spec.columns().containsAll(physical);
  }

  /**
   * A batch query that begins or ends at an offset reads ranges, of which metadata tell nothing.
   */
  private boolean goesByFiles() {
    return bounded && spec.isWhole();
  }

  @Override
  public DynamicTableSource copy() {
    return new SluiceTableSource(this);
  }

  @Override
  public String asSummaryString() {
    return "Sluice table " + spec.name();
  }
}
