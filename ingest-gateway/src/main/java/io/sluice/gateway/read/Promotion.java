package io.sluice.gateway.read;

import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;

/** Iceberg's type promotions: int to long, float to double, a decimal to more digits. */
final class Promotion {

  /** Moves {@code rows} values into {@code to}, which is empty and of the same or a wider type. */
  static void move(FieldVector from, FieldVector to, int rows) {
    if (from.getMinorType() == to.getMinorType() && !(from instanceof DecimalVector)) {
      from.makeTransferPair(to).transfer();
      return;
    }
    to.setInitialCapacity(rows);
    to.allocateNew();
    for (int row = 0; row < rows; row++) {
      if (!from.isNull(row)) {
        copy(from, to, row);
      }
    }
    to.setValueCount(rows);
  }

  private static void copy(FieldVector from, FieldVector to, int row) {
    if (from instanceof IntVector ints && to instanceof BigIntVector longs) {
      longs.set(row, ints.get(row));
    } else if (from instanceof Float4Vector floats && to instanceof Float8Vector doubles) {
      doubles.set(row, floats.get(row));
    } else if (from instanceof DecimalVector narrow && to instanceof DecimalVector wide) {
      wide.set(row, narrow.get(row));
    } else {
      throw new IllegalStateException(from.getField() + " can't be promoted to " + to.getField());
    }
  }

  private Promotion() {}
}
