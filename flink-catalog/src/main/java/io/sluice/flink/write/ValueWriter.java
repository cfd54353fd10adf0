package io.sluice.flink.write;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/** Puts Flink's values into one of Arrow's vectors, each place once and in order. */
abstract class ValueWriter {

  private final String path;
  private final FieldVector vector;
  private final boolean nullable;

  /**
   * @param path of the column or field, for messages
   */
  ValueWriter(String path, FieldVector vector) {
    this.path = path;
    this.vector = vector;
    this.nullable = vector.getField().isNullable();
  }

  /**
   * Returns what writes values of a type.
   *
   * @param type what the INSERT was planned for
   * @param vector of that type, or a wider one
   * @throws IllegalStateException if values of the type don't fit the vector
   */
  static ValueWriter of(String path, LogicalType type, FieldVector vector) {
    if (type instanceof RowType row && vector instanceof StructVector struct) {
      return new StructWriter(path, row, struct);
    } else if (type instanceof MapType map && vector instanceof MapVector entries) {
      return new MapWriter(path, map, entries);
    } else if (type instanceof ArrayType array && vector instanceof ListVector list) {
      return new ListWriter(path, array, list);
    }
    return PrimitiveWriter.primitive(path, type, vector);
  }

  /**
   * Sets one value.
   *
   * @param at where in the vector
   * @param from what has the value
   * @param index which of its values
   * @throws IllegalArgumentException if it can't be stored; the message says where it is
   */
  final void set(int at, Values from, int index) {
    if (!from.isNullAt(index)) {
      write(at, from, index);
    } else if (nullable) {
      vector.setNull(at);
    } else {
      throw new IllegalArgumentException("column '" + path + "' is NOT NULL, got null");
    }
  }

  /** Sets a value that isn't null. */
  abstract void write(int at, Values from, int index);

  final String path() {
    return path;
  }
}
