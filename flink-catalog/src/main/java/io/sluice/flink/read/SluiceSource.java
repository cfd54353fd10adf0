package io.sluice.flink.read;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.DynamicParallelismInference;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * Reads a table. A batch query for all of it reads the rows there are at one moment, lake and log
 * cut at an exact offset of each bucket, in no order. Other queries read each bucket in order from
 * a start, to an end or for ever, each row once across restarts from a checkpoint.
 */
final class SluiceSource
    implements Source<RowData, SluiceSplit, EnumeratorState>,
        ResultTypeQueryable<RowData>,
        DynamicParallelismInference {

  private static final long serialVersionUID = 1L;

  private final ScanSpec spec;
  private final boolean batch;
  private final TypeInformation<RowData> type;

  SluiceSource(ScanSpec spec, boolean batch, TypeInformation<RowData> type) {
    this.spec = spec;
    this.batch = batch;
    this.type = type;
  }

  /** Returns what is read. */
  ScanSpec spec() {
    return spec;
  }

  @Override
  public Boundedness getBoundedness() {
    return ends() ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  private boolean ends() {
    return batch || spec.settings().stop().mode() != Stop.Mode.NEVER;
  }

  /** Returns whether the read needs neither an order nor offsets: then the lake's files do. */
  private boolean goesByFiles() {
    return batch && spec.isWhole();
  }

  /** A batch query needs no more readers than it has splits. */
  @Override
  public int inferParallelism(Context inference) {
    try {
      int splits = goesByFiles() ? planner().files().size() : ranges().ranges().size();
      return Math.max(1, Math.min(splits, inference.getParallelismInferenceUpperBound()));
    } catch (IOException e) {
      throw new FlinkRuntimeException(e.getMessage(), e);
    }
  }

  private SplitPlanner planner() {
    return new SplitPlanner(spec);
  }

  private RangePlanner ranges() {
    return new RangePlanner(spec, batch);
  }

  @Override
  public SplitEnumerator<SluiceSplit, EnumeratorState> createEnumerator(
      SplitEnumeratorContext<SluiceSplit> context) {
    return restoreEnumerator(context, EnumeratorState.NEW);
  }

  @Override
  public SplitEnumerator<SluiceSplit, EnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<SluiceSplit> context, EnumeratorState state) {
    if (goesByFiles()) {
      return new BoundedEnumerator(context, planner()::files, state);
    }
    // In a batch query a reader takes a bucket when it is done with another; a streaming query's
    // go on side by side, or the time of one would have passed before another began.
    return batch
        ? new BoundedEnumerator(context, ranges()::ranges, state)
        : new UnboundedEnumerator(context, ranges(), state, spec.bucketDiscovery(), ends());
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
