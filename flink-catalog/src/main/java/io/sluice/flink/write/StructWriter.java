package io.sluice.flink.write;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/** Writes ROWs. Fields that the INSERT doesn't know of, as they are new, are null. */
final class StructWriter extends ValueWriter {

  private final StructVector vector;
  private final int arity;
  private final List<ValueWriter> writers = new ArrayList<>();
  private final RowValues values = new RowValues();

  StructWriter(String path, RowType type, StructVector vector) {
    super(path, vector);
    this.vector = vector;
    this.arity = type.getFieldCount();
    for (int i = 0; i < arity; i++) {
      String name = type.getFieldNames().get(i);
      @Nullable FieldVector field = vector.getChild(name);
      if (field == null) {
        throw new IllegalStateException(
            "column '%s.%s' is not in the table any more: %s"
                .formatted(path, name, vector.getField()));
      }
      writers.add(of(path + "." + name, type.getTypeAt(i), field));
    }
  }

  @Override
  void write(int at, Values from, int index) {
    values.pointAt(from.getRow(index, arity));
    vector.setIndexDefined(at);
    for (int i = 0; i < arity; i++) {
      writers.get(i).set(at, values, i);
    }
  }
}
