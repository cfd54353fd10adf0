package io.sluice.flink.metadata;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.Endpoint;
import java.util.List;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.InputFormatProvider;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.types.DataType;

/** A metadata table in a query, which ends in streaming mode too. */
public final class MetadataTableSource
    implements ScanTableSource, SupportsProjectionPushDown, SupportsLimitPushDown {

  private final Endpoint endpoint;
  private final TableName name;
  private final MetadataTable table;
  private List<String> columns;
  private long limit = Long.MAX_VALUE;

  /**
   * @param name of the table that is shown
   * @param columns those wanted
   */
  public MetadataTableSource(
      Endpoint endpoint, TableName name, MetadataTable table, List<String> columns) {
    this.endpoint = endpoint;
    this.name = name;
    this.table = table;
    this.columns = List.copyOf(columns);
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    return InputFormatProvider.of(
        new MetadataFormat(endpoint, name.database(), name.table(), table, columns, limit));
  }

  @Override
  public boolean supportsNestedProjection() {
    return false;
  }

  @Override
  public void applyProjection(int[][] projectedFields, DataType producedDataType) {
    columns = DataType.getFieldNames(producedDataType);
  }

  @Override
  public void applyLimit(long rows) {
    limit = rows;
  }

  @Override
  public DynamicTableSource copy() {
    MetadataTableSource copy = new MetadataTableSource(endpoint, name, table, columns);
    copy.limit = limit;
    return copy;
  }

  @Override
  public String asSummaryString() {
    return "Sluice table " + name + table.suffix();
  }
}
