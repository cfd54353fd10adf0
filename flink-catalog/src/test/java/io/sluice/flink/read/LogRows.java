package io.sluice.flink.read;

import io.sluice.client.ReadBatch;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.flink.table.data.RowData;

/** Rows as the source makes them of a batch from the log. */
public final class LogRows {

  /** Returns the rows of a batch, which stays the caller's. */
  public static List<RowData> of(VectorSchemaRoot batch) {
    List<String> columns = batch.getSchema().getFields().stream().map(Field::getName).toList();
    PolledRows rows = new ArrowRows(0, columns).of(new ReadBatch(0, 0, batch));
    return List.of(rows.rows());
  }

  private LogRows() {}
}
