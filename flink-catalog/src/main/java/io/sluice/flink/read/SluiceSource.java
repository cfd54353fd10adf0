package io.sluice.flink.read;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;

/**
 * Reads a table. Bounded: all rows there are at one moment, lake and log cut at an exact offset of
 * each bucket. Unbounded: all rows from a start, for ever, in order per bucket, each once across
 * restarts from a checkpoint.
 */
final class SluiceSource
    implements Source<RowData, SluiceSplit, EnumeratorState>, ResultTypeQueryable<RowData> {

  private static final long serialVersionUID = 1L;

  private final ScanSpec spec;
  private final boolean bounded;
  private final TypeInformation<RowData> type;

  SluiceSource(ScanSpec spec, boolean bounded, TypeInformation<RowData> type) {
    this.spec = spec;
    this.bounded = bounded;
    this.type = type;
  }

  @Override
  public Boundedness getBoundedness() {
    return bounded ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SplitEnumerator<SluiceSplit, EnumeratorState> createEnumerator(
      SplitEnumeratorContext<SluiceSplit> context) {
    return restoreEnumerator(context, EnumeratorState.NEW);
  }

  @Override
  public SplitEnumerator<SluiceSplit, EnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<SluiceSplit> context, EnumeratorState state) {
    SplitPlanner planner = new SplitPlanner(spec);
    return bounded
        ? new BoundedEnumerator(context, planner, state)
        : new UnboundedEnumerator(context, planner, state, spec.bucketDiscovery());
  }

  @Override
  public SourceReader<RowData, SluiceSplit> createReader(SourceReaderContext context) {
    return new SluiceSourceReader(spec, context);
  }

  @Override
  public SimpleVersionedSerializer<SluiceSplit> getSplitSerializer() {
    return new SplitCodec();
  }

  @Override
  public SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
    return new EnumeratorState.Codec();
  }

  @Override
  public TypeInformation<RowData> getProducedType() {
    return type;
  }
}
