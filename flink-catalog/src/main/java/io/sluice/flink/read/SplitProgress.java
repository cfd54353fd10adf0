package io.sluice.flink.read;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReaderContext;

/**
 * How far the splits of a reader are beyond their last rows, when nothing that follows was of
 * interest, and where they are read. For the task's thread.
 */
final class SplitProgress {

  private final SourceReaderContext context;
  private final Map<String, Long> positions = new HashMap<>();
  private final Map<String, Boolean> history = new HashMap<>();

  SplitProgress(SourceReaderContext context) {
    this.context = context;
  }

  /** All of these rows were emitted. */
  void emitted(String splitId, PolledRows rows, boolean last) {
    if (rows.position() == PolledRows.NO_POSITION) {
      return;
    }
    boolean reading = rows.history() && !last;
    Boolean before = history.put(splitId, reading);
    if (before == null || before != reading) {
      int bucket = RangeSplit.bucketOf(splitId);
      context.sendSourceEventToCoordinator(new HistoryEvent(bucket, reading));
    }
    if (last) {
      positions.remove(splitId);
      history.remove(splitId);
    } else {
      positions.put(splitId, rows.position());
    }
  }

  /** Returns what is left of a split, of which all rows before its position were emitted. */
  SluiceSplit left(SluiceSplit split) {
    Long position = positions.get(split.splitId());
    if (position == null || !(split instanceof RangeSplit range) || range.position() >= position) {
      return split;
    }
    return range.at(position);
  }
}
