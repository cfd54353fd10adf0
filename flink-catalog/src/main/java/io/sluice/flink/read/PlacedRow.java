package io.sluice.flink.read;

import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/** A row on its way to Flink; one object is all rows of a batch in turn. */
final class PlacedRow {

  private RowData row = new GenericRowData(0);
  private long nextPosition = PolledRows.NO_POSITION;
  private long timeMillis = PolledRows.NO_TIME;

  /** Returns its wanted columns. */
  RowData row() {
    return row;
  }

  /**
   * Returns where to go on once it was emitted, see {@link SluiceSplit#at}; {@link
   * PolledRows#NO_POSITION} for aggregates.
   */
  long nextPosition() {
    return nextPosition;
  }

  /** Returns when it was appended, in milliseconds since 1970, or {@link PolledRows#NO_TIME}. */
  long timeMillis() {
    return timeMillis;
  }

  /** Becomes one of the rows of a batch. */
  PlacedRow become(PolledRows batch, int index) {
    row = batch.rows()[index];
    long[] next = batch.next();
    nextPosition = next == null ? PolledRows.NO_POSITION : next[index];
    long[] times = batch.times();
    timeMillis = times == null ? PolledRows.NO_TIME : times[index];
    return this;
  }
}
