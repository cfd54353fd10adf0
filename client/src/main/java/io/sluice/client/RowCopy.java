package io.sluice.client;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Copies values between vectors of one schema, lists, maps and structs field by field. */
final class RowCopy {

  /**
   * Copies some rows, in order.
   *
   * @param to empty
   */
  static void copy(FieldVector from, List<Integer> rows, FieldVector to) {
    to.setInitialCapacity(rows.size());
    to.allocateNew();
    for (int row = 0; row < rows.size(); row++) {
      copy(from, rows.get(row), to, row);
    }
  }

  /** Arrow's own copies of nested values go by readers and writers, which don't know all types. */
  private static void copy(FieldVector from, int index, FieldVector to, int at) {
    if (from instanceof StructVector was && to instanceof StructVector is) {
      if (was.isNull(index)) {
        is.setNull(at);
        return;
      }
      is.setIndexDefined(at);
      for (int i = 0; i < was.size(); i++) {
        copy(
            (FieldVector) was.getChildByOrdinal(i),
            index,
            (FieldVector) is.getChildByOrdinal(i),
            at);
      }
    } else if (from instanceof ListVector was && to instanceof ListVector is) {
      if (was.isNull(index)) {
        is.setNull(at);
        return;
      }
      int start = was.getElementStartIndex(index);
      int count = was.getElementEndIndex(index) - start;
      int next = is.startNewValue(at);
      for (int i = 0; i < count; i++) {
        copy(was.getDataVector(), start + i, is.getDataVector(), next + i);
      }
      is.endValue(at, count);
    } else {
      to.copyFromSafe(index, at, from);
    }
  }

  private RowCopy() {}
}
