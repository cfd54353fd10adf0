package io.sluice.flink.write;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Flink's rows as columns of a batch. A column, or a field within one, may have become wider than
 * the INSERT was planned for.
 */
final class RowColumns {

  private final List<Column> columns = new ArrayList<>();
  private final RowValues values = new RowValues();

  /** Columns are found by name, and so are fields within them. */
  RowColumns(RowType type, VectorSchemaRoot batch) {
    for (int i = 0; i < type.getFieldCount(); i++) {
      String name = type.getFieldNames().get(i);
      FieldVector vector = batch.getVector(name);
      if (vector == null) {
        throw new IllegalStateException(
            "column '" + name + "' is not in the table any more: " + batch.getSchema());
      }
      columns.add(new Column(vector, ValueWriter.of(name, type.getTypeAt(i), vector)));
    }
  }

  /**
   * Sets one row of the batch.
   *
   * @throws IllegalArgumentException if a value can't be stored; the message says where it is
   */
  void set(int at, RowData row) {
    values.pointAt(row);
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).writer().set(at, values, i);
    }
  }

  /** Returns the bytes that the first {@code rows} rows take. */
  long bytes(int rows) {
    return columns.stream().mapToLong(column -> bytes(column.vector(), rows)).sum();
  }

  /** Arrow itself counts on offsets that it sets no sooner than a batch is complete. */
  private static long bytes(FieldVector vector, int rows) {
    if (vector instanceof BaseVariableWidthVector variable) {
      return variable.getOffsetBuffer().getInt(4L * (variable.getLastSet() + 1)) + 4L * rows;
    } else if (vector instanceof ListVector list) {
      int elements = list.getOffsetBuffer().getInt(4L * (list.getLastSet() + 1));
      return bytes(list.getDataVector(), elements) + 4L * rows;
    } else if (vector instanceof StructVector struct) {
      long bytes = 0;
      for (FieldVector field : struct.getChildrenFromFields()) {
        bytes += bytes(field, rows);
      }
      return bytes;
    }
    return vector.getBufferSizeFor(rows);
  }

  private record Column(FieldVector vector, ValueWriter writer) {}
}
