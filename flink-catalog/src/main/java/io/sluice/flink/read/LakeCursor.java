package io.sluice.flink.read;

import io.sluice.flink.lake.LakeFiles;
import java.io.IOException;
import org.apache.flink.table.data.RowData;

/** An opened lake split. */
final class LakeCursor implements SplitCursor {

  private static final int ROWS = 2_048;

  private final String splitId;
  private final LakeFiles.Rows rows;
  private long rowsRead;
  private boolean ended;

  /**
   * @param rowsRead how many rows of the split come before those of {@code rows}
   */
  LakeCursor(String splitId, LakeFiles.Rows rows, long rowsRead) {
    this.splitId = splitId;
    this.rows = rows;
    this.rowsRead = rowsRead;
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
    long[] read = new long[count];
    for (int i = 0; i < count; i++) {
      read[i] = ++rowsRead;
    }
    return PolledRows.ofFiles(next, count, read);
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
