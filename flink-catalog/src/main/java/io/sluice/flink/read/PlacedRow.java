package io.sluice.flink.read;

import org.apache.flink.table.data.RowData;

/**
 * A row on its way to Flink.
 *
 * @param row its wanted columns
 * @param nextPosition the offset to go on at once it was emitted; {@link #NO_POSITION} for rows of
 *     lake splits
 */
record PlacedRow(RowData row, long nextPosition) {

  /** For rows whose split has no position. */
  static final long NO_POSITION = -1;
}
