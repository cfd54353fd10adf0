package io.sluice.flink.read;

import io.sluice.flink.lake.LakeFiles;
import java.io.IOException;
import java.util.List;

/** An opened lake split. */
final class LakeCursor implements SplitCursor {

  private static final int ROWS = 2_048;

  private final String splitId;
  private final LakeFiles.Rows rows;
  private boolean ended;

  LakeCursor(String splitId, LakeFiles.Rows rows) {
    this.splitId = splitId;
    this.rows = rows;
  }

  @Override
  public String splitId() {
    return splitId;
  }

  @Override
  public List<PlacedRow> poll() throws IOException {
    List<PlacedRow> next =
        rows.next(ROWS).stream().map(row -> new PlacedRow(row, PlacedRow.NO_POSITION)).toList();
    ended = next.isEmpty();
    return next;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
