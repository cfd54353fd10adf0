package io.sluice.flink.write;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/** Puts Flink's values into one of Arrow's vectors, each place once and in order. */
abstract class ValueWriter {

  private final String path;
  private final FieldVector vector;

  /**
   * @param path of the column or field, for messages
   */
  ValueWriter(String path, FieldVector vector) {
    this.path = path;
    this.vector = vector;
  }

  /**
   * Returns what writes values of a type.
   *
   * @param type what the INSERT was planned for
   * @param vector of that type, or a wider one
   */
  static ValueWriter of(String path, LogicalType type, FieldVector vector) {
    if (type instanceof RowType row && vector instanceof StructVector struct) {
      return new StructWriter(path, row, struct);
    } else if (type instanceof MapType map && vector instanceof MapVector entries) {
      return new MapWriter(path, map, entries);
    } else if (type instanceof ArrayType array && vector instanceof ListVector list) {
      return new ListWriter(path, array, list);
    }
    return new PrimitiveWriter(path, vector);
  }

  /**
   * Sets one value.
   *
   * @throws IllegalArgumentException if it can't be stored; the message says where it is
   */
  final void set(int at, @Nullable Object value) {
    if (value != null) {
      write(at, value);
    } else if (vector.getField().isNullable()) {
      vector.setNull(at);
    } else {
      throw new IllegalArgumentException("column '" + path + "' is NOT NULL, got null");
    }
  }

  /** Sets a value that isn't null. */
  abstract void write(int at, Object value);

  final String path() {
    return path;
  }
}
