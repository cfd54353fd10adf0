package io.sluice.flink.read;

import io.sluice.flink.lake.LakeFiles;
import java.io.IOException;
import org.apache.flink.table.data.RowData;

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
  public PolledRows poll() throws IOException {
    RowData[] next = new RowData[ROWS];
    int count = rows.next(next);
    ended = count < ROWS;
    return PolledRows.ofFiles(next, count);
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
