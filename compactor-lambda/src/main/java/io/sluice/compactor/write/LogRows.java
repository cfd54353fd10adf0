package io.sluice.compactor.write;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.Schema;

/**
 * A run of consecutive rows of one bucket as Arrow columns, borrowed for the length of one call.
 *
 * @param schema the schema that the rows were written with, system columns not included; field
 *     {@code i} is {@code columns.get(i)}
 * @param columns one vector per field of {@code schema}, in the canonical Arrow type of the field
 * @param rows rows in the vectors, at least 0
 * @param bucket the rows' bucket
 * @param offset the first row's offset
 * @param timeMicros the rows' append time, in microseconds since the epoch
 */
public record LogRows(
    Schema schema, List<FieldVector> columns, int rows, int bucket, long offset, long timeMicros) {

  public LogRows {
    columns = List.copyOf(columns);
    if (schema.columns().size() != columns.size()) {
      throw new IllegalArgumentException(
          "schema has " + schema.columns().size() + " fields, but " + columns.size() + " vectors");
    }
    if (rows < 0) {
      throw new IllegalArgumentException("rows must be >= 0: " + rows);
    }
  }
}
