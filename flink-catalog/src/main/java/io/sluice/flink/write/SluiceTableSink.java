package io.sluice.flink.write;

import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;

/** A table that a query inserts into. */
public final class SluiceTableSink implements DynamicTableSink {

  private final SinkSpec spec;

  /** An INSERT. */
  public SluiceTableSink(SinkSpec spec) {
    this.spec = spec;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    return ChangelogMode.insertOnly();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    return SinkV2Provider.of(new SluiceSink(spec));
  }

  @Override
  public DynamicTableSink copy() {
    return new SluiceTableSink(spec);
  }

  @Override
  public String asSummaryString() {
    return "Sluice table " + spec.name();
  }
}
