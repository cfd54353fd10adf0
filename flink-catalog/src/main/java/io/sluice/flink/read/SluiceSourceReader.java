package io.sluice.flink.read;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.table.data.RowData;

/** Hands rows to Flink, and remembers how far each split is. */
@SuppressWarnings("try") // Flink's close may be interrupted
final class SluiceSourceReader
    extends SingleThreadMultiplexSourceReaderBase<
        PlacedRow, RowData, SluiceSplit, SluiceSourceReader.SplitState> {

  SluiceSourceReader(ScanSpec spec, SourceReaderContext context) {
    super(() -> new SluiceSplitReader(spec), new Emitter(), context.getConfiguration(), context);
  }

  @Override
  public void start() {
    if (getNumberOfCurrentlyAssignedSplits() == 0) {
      context.sendSplitRequest();
    }
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
    return state.split;
  }

  /** A split and how far it is. */
  static final class SplitState {
    private SluiceSplit split;

    SplitState(SluiceSplit split) {
      this.split = split;
    }
  }

  private static final class Emitter implements RecordEmitter<PlacedRow, RowData, SplitState> {
    @Override
    public void emitRecord(PlacedRow row, SourceOutput<RowData> output, SplitState state) {
      output.collect(row.row());
      if (row.nextPosition() != PlacedRow.NO_POSITION && state.split instanceof RangeSplit range) {
        state.split = range.at(row.nextPosition());
      }
    }
  }
}
