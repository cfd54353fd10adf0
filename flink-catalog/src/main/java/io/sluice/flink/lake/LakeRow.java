package io.sluice.flink.lake;

import org.apache.flink.table.data.RowData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Cuts what a reader returned to the columns that a query asked for. */
final class LakeRow {

  private final LakeValues.Rows columns;

  /**
   * @param projection the columns that were read
   * @param wanted how many of them, from the first, are wanted
   */
  LakeRow(Schema projection, int wanted) {
    this.columns =
        new LakeValues.Rows("", Types.StructType.of(projection.columns().subList(0, wanted)));
  }

  /**
   * Returns the wanted columns of a row that was read, which is used up: it may be changed, and be
   * the one returned.
   *
   * @throws ArithmeticException if a TIME has microseconds, which Flink would lose
   */
  RowData of(RowData read) {
    return columns.takeOver(read);
  }
}
