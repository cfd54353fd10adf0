package io.sluice.flink.read;

import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** Hands rows to Flink, and remembers how far each split is. */
@SuppressWarnings("try") // Flink's close may be interrupted
final class SluiceSourceReader
    extends SingleThreadMultiplexSourceReaderBase<
        PlacedRow, RowData, SluiceSplit, SluiceSourceReader.SplitState> {

  private final SplitProgress progress;
  private final ReaderMetrics metrics;
  private @Nullable ReaderOutput<RowData> output;
  private boolean allGiven;

  SluiceSourceReader(ScanSpec spec, SourceReaderContext context) {
    this(spec, context, new SplitProgress(context), new ReaderMetrics(context.metricGroup()));
  }

  private SluiceSourceReader(
      ScanSpec spec, SourceReaderContext context, SplitProgress progress, ReaderMetrics metrics) {
    super(
        () -> new SluiceSplitReader(spec, progress, metrics),
        new Emitter(spec.settings().appendTimeWatermarks()),
        context.getConfiguration(),
        context);
    this.progress = progress;
    this.metrics = metrics;
  }

  @Override
  public void start() {
    if (getNumberOfCurrentlyAssignedSplits() == 0) {
      context.sendSplitRequest();
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<RowData> to) throws Exception {
    if (output == null) {
      output = to;
      markIdleWithoutSplits();
    }
    return super.pollNext(to);
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (event instanceof AllGivenEvent) {
      allGiven = true;
      markIdleWithoutSplits();
    } else {
      super.handleSourceEvents(event);
    }
  }

  /** The first watermark of a split that comes later makes the reader active. */
  private void markIdleWithoutSplits() {
    if (allGiven && output != null && getNumberOfCurrentlyAssignedSplits() == 0) {
      output.markIdle();
    }
  }

  @Override
  public void addSplits(List<SluiceSplit> splits) {
    splits.forEach(metrics::added);
    super.addSplits(splits);
  }

  @Override
  protected void onSplitFinished(Map<String, SplitState> finished) {
    context.sendSplitRequest();
  }

  @Override
  protected SplitState initializedState(SluiceSplit split) {
    return new SplitState(split);
  }

  @Override
  protected SluiceSplit toSplitType(String splitId, SplitState state) {
    return progress.left(state.split);
  }

  /** A split, how far it is, and the time that was made known last. */
  static final class SplitState {
    private SluiceSplit split;
    private long watermark = PolledRows.NO_TIME;

    SplitState(SluiceSplit split) {
      this.split = split;
    }
  }

  /** Within a bucket, append times never go back: each says that no earlier one follows. */
  private static final class Emitter implements RecordEmitter<PlacedRow, RowData, SplitState> {

    private final boolean withWatermarks;

    Emitter(boolean withWatermarks) {
      this.withWatermarks = withWatermarks;
    }

    @Override
    public void emitRecord(PlacedRow row, SourceOutput<RowData> output, SplitState state) {
      long time = row.timeMillis();
      if (time == PolledRows.NO_TIME) {
        output.collect(row.row());
      } else {
        if (withWatermarks && time > state.watermark) {
          state.watermark = time;
          output.emitWatermark(new Watermark(time - 1));
        }
        output.collect(row.row(), time);
      }
      if (row.nextPosition() != PolledRows.NO_POSITION) {
        state.split = state.split.at(row.nextPosition());
      }
    }
  }
}
