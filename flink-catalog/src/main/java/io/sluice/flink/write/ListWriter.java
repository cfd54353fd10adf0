package io.sluice.flink.write;

import org.apache.arrow.vector.complex.ListVector;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.types.logical.ArrayType;

/** Writes ARRAYs. */
final class ListWriter extends ValueWriter {

  private final ListVector vector;
  private final ValueWriter elements;
  private final ArrayValues values = new ArrayValues();

  ListWriter(String path, ArrayType type, ListVector vector) {
    super(path, vector);
    this.vector = vector;
    this.elements = of(path + ".element", type.getElementType(), vector.getDataVector());
  }

  @Override
  void write(int at, Values from, int index) {
    ArrayData array = from.getArray(index);
    values.pointAt(array);
    int start = vector.startNewValue(at);
    for (int i = 0; i < array.size(); i++) {
      elements.set(start + i, values, i);
    }
    vector.endValue(at, array.size());
  }
}
