package io.sluice.flink.read;

import java.io.IOException;

/** Ends a split once its reader has as many rows, of all of its splits, as the query wants. */
final class LimitedCursor implements SplitCursor {

  /** How many rows a reader may still return. For one thread. */
  static final class RowsLeft {
    private long rows;

    RowsLeft(long rows) {
      this.rows = rows;
    }
  }

  private final SplitCursor cursor;
  private final RowsLeft left;

  LimitedCursor(SplitCursor cursor, RowsLeft left) {
    this.cursor = cursor;
    this.left = left;
  }

  @Override
  public String splitId() {
    return cursor.splitId();
  }

  @Override
  public PolledRows poll() throws IOException {
    if (left.rows == 0) {
      return PolledRows.none(PolledRows.NO_POSITION, false);
    }
    PolledRows rows = cursor.poll();
    if (rows.count() > left.rows) {
      rows = rows.first((int) left.rows);
    }
    left.rows -= rows.count();
    return rows;
  }

  @Override
  public boolean ended() {
    return left.rows == 0 || cursor.ended();
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }
}
