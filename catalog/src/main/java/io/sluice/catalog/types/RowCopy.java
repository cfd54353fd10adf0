package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;

/** Copies some of the rows of vectors; lists, maps and structs field by field. */
public final class RowCopy {

  /**
   * Copies some rows, in the order given.
   *
   * @param rows stay the caller's
   * @param places of the wanted rows in them
   * @return of the same schema, for the caller to close
   */
  public static VectorSchemaRoot of(
      VectorSchemaRoot rows, int[] places, BufferAllocator allocator) {
    return make(
        rows,
        places.length,
        allocator,
        (from, to) -> {
          to.setInitialCapacity(places.length);
          to.allocateNew();
          for (int i = 0; i < places.length; i++) {
            copy(from, places[i], to, i);
          }
          to.setValueCount(places.length);
        });
  }

  /**
   * Returns some rows that follow one another, of the same schema: Arrow's own slices lose ids of
   * some fields, and names of others.
   *
   * @param rows stay the caller's; what is returned may hold references to their buffers
   * @return for the caller to close
   */
  public static VectorSchemaRoot slice(
      VectorSchemaRoot rows, int from, int count, BufferAllocator allocator) {
    return make(
        rows,
        count,
        allocator,
        (vector, to) -> vector.makeTransferPair(to).splitAndTransfer(from, count));
  }

  private static VectorSchemaRoot make(
      VectorSchemaRoot rows,
      int count,
      BufferAllocator allocator,
      BiConsumer<FieldVector, FieldVector> fill) {
    List<Field> fields = rows.getSchema().getFields();
    List<FieldVector> vectors = new ArrayList<>();
    boolean whole = false;
    try {
      for (int i = 0; i < fields.size(); i++) {
        FieldVector to = fields.get(i).createVector(allocator);
        vectors.add(to);
        fill.accept(rows.getVector(i), to);
      }
      whole = true;
      return new VectorSchemaRoot(rows.getSchema(), vectors, count);
    } finally {
      if (!whole) {
        vectors.forEach(FieldVector::close);
      }
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
