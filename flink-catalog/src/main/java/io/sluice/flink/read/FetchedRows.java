package io.sluice.flink.read;

import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.jspecify.annotations.Nullable;

/** Rows of one split, and whether they were its last. */
final class FetchedRows implements RecordsWithSplitIds<PlacedRow> {

  private final @Nullable String splitId;
  private final PolledRows rows;
  private final Set<String> finished;
  private final SplitProgress progress;
  private final PlacedRow row = new PlacedRow();
  private boolean begun;
  private int nextRow;

  private FetchedRows(
      @Nullable String splitId, PolledRows rows, Set<String> finished, SplitProgress progress) {
    this.splitId = splitId;
    this.rows = rows;
    this.finished = finished;
    this.progress = progress;
  }

  static FetchedRows none(SplitProgress progress) {
    return new FetchedRows(
        null, PolledRows.none(PolledRows.NO_POSITION, false), Set.of(), progress);
  }

  /**
   * @param progress told, once all rows were emitted, how far the split is
   */
  static FetchedRows of(String splitId, PolledRows rows, boolean last, SplitProgress progress) {
    return new FetchedRows(splitId, rows, last ? Set.of(splitId) : Set.of(), progress);
  }

  @Override
  public @Nullable String nextSplit() {
    if (begun) {
      return null;
    }
    begun = true;
    return splitId;
  }

  @Override
  public @Nullable PlacedRow nextRecordFromSplit() {
    return nextRow < rows.count() ? row.become(rows, nextRow++) : null;
  }

  @Override
  public Set<String> finishedSplits() {
    return finished;
  }

  /** Called by Flink on the task's thread when all rows were emitted. */
  @Override
  public void recycle() {
    if (splitId != null) {
      progress.emitted(splitId, rows, !finished.isEmpty());
    }
  }
}
