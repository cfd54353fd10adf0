package io.sluice.flink.read;

import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one split in order, as a cursor found them. The arrays aren't copied: they are the
 * receiver's.
 *
 * @param rows the rows, {@code count} of them from the first
 * @param count how many there are, at least 0
 * @param next for each row, where to go on once it was emitted, see {@link SluiceSplit#at}: an
 *     offset, or in lake splits a count of rows; null for aggregates, which are added up anew
 * @param times for each row, when it was appended, in milliseconds since 1970, {@link #NO_TIME} if
 *     that isn't known; null in lake splits
 * @param position the offset to go on at after all of them, which may be beyond the last row's;
 *     {@link #NO_POSITION} in lake splits
 * @param history whether what follows is read from the lake too, as far as is known
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record PolledRows(
    RowData[] rows,
    int count,
    long @Nullable [] next,
    long @Nullable [] times,
    long position,
    boolean history) {

  /** For lake splits, whose rows have no offsets. */
  static final long NO_POSITION = -1;

  /** For rows whose time isn't known. */
  static final long NO_TIME = Long.MIN_VALUE;

  private static final RowData[] NO_ROWS = {};

  /**
   * Returns rows of a lake split.
   *
   * @param read for each row, how many were read of the split with it
   */
  static PolledRows ofFiles(RowData[] rows, int count, long[] read) {
    return new PolledRows(rows, count, read, null, NO_POSITION, false);
  }

  /** Returns one row of aggregates. */
  static PolledRows ofTotals(RowData row) {
    return new PolledRows(new RowData[] {row}, 1, null, null, NO_POSITION, false);
  }

  /** Returns that there are none, and how far the split is all the same. */
  static PolledRows none(long position, boolean history) {
    return new PolledRows(NO_ROWS, 0, null, null, position, history);
  }

  /**
   * Returns the first of these rows.
   *
   * @param most how many, at least 1 and at most all
   */
  PolledRows first(int most) {
    long after = position == NO_POSITION || next == null ? NO_POSITION : next[most - 1];
    return new PolledRows(rows, most, next, times, after, history);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Returns the time of the last row, or {@link #NO_TIME}. */
  long lastTime() {
    return times == null || count == 0 ? NO_TIME : times[count - 1];
  }
}
