package io.sluice.flink.read;

import java.util.List;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsAggregatePushDown;
import org.apache.flink.table.expressions.AggregateExpression;
import org.apache.flink.table.types.DataType;

/**
 * A table in a query that answers aggregates by itself. That is a class of its own as Flink's
 * planner fails over some counts of computed values once a source can take any aggregates, see
 * {@code scan.aggregate-push-down}.
 */
public final class CountingTableSource extends SluiceTableSource
    implements SupportsAggregatePushDown {

  /**
   * @param source as it is before anything is pushed down
   */
  public CountingTableSource(SluiceTableSource source) {
    super(source);
  }

  @Override
  public boolean applyAggregates(
      List<int[]> groupingSets, List<AggregateExpression> expressions, DataType producedDataType) {
    return takeAggregates(groupingSets, expressions, producedDataType);
  }

  @Override
  public DynamicTableSource copy() {
    return new CountingTableSource(this);
  }
}
