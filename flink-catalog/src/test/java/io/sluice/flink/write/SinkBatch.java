package io.sluice.flink.write;

import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** A batch as the sink makes it. */
public final class SinkBatch {

  /**
   * Puts rows into a batch, whatever it held before.
   *
   * @return the bytes that they take, as the sink counts them
   */
  public static long fill(VectorSchemaRoot batch, RowType type, List<? extends RowData> rows) {
    RowColumns columns = new RowColumns(type, batch);
    batch.allocateNew();
    for (int at = 0; at < rows.size(); at++) {
      columns.set(at, rows.get(at));
    }
    long bytes = columns.bytes(rows.size());
    batch.setRowCount(rows.size());
    return bytes;
  }

  private SinkBatch() {}
}
