package io.sluice.flink.read;

import java.util.List;
import java.util.Map;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.types.DataType;

/**
 * A table in a query of which Flink can push nothing down: it reads whole rows, and all of them.
 * With it a wrong answer can be told from a wrong question, see {@code scan.push-down}.
 */
public final class UnpushedTableSource implements ScanTableSource, SupportsReadingMetadata {

  private final SluiceTableSource source;

  public UnpushedTableSource(SluiceTableSource source) {
    this.source = source;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return source.getChangelogMode();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    return source.getScanRuntimeProvider(context);
  }

  @Override
  public Map<String, DataType> listReadableMetadata() {
    return source.listReadableMetadata();
  }

  @Override
  public void applyReadableMetadata(List<String> keys, DataType producedDataType) {
    source.applyReadableMetadata(keys, producedDataType);
  }

  @Override
  public DynamicTableSource copy() {
    return new UnpushedTableSource((SluiceTableSource) source.copy());
  }

  @Override
  public String asSummaryString() {
    return source.asSummaryString();
  }
}
