package io.sluice.gateway.gate;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.types.Type.NestedType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;

/**
 * Lists, maps or structs without a value.
 *
 * @param type of the canonical field
 */
record NestedNulls(NestedType type) implements Cast.Nulls {

  @Override
  public FieldVector nulls(int count, Target to) throws GateException {
    FieldVector vector = to.start();
    boolean whole = false;
    try (ArrowBuf bits = to.allocate(Target.bitmapBytes(count));
        ArrowBuf offsets = to.allocate(type.isStructType() ? 0 : 4L * (count + 1L))) {
      bits.setZero(0, bits.capacity());
      offsets.setZero(0, offsets.capacity());
      FieldVector filled;
      if (type.isStructType()) {
        fields(type.fields(), count, vector, to);
        filled = to.fill(vector, count, bits);
      } else {
        elements((ListVector) vector, to);
        filled = to.fill(vector, count, bits, offsets.slice(0, 4L * (count + 1L)));
      }
      whole = true;
      return filled;
    } finally {
      if (!whole) {
        vector.close();
      }
    }
  }

  private static void fields(List<NestedField> fields, int count, FieldVector vector, Target to)
      throws GateException {
    List<FieldVector> vectors = vector.getChildrenFromFields();
    for (int i = 0; i < fields.size(); i++) {
      NestedField field = fields.get(i);
      Target target = to.child(i, field.name(), vectors.get(i), row -> Target.Rows.NONE);
      Casts.nulls(field.type()).nulls(count, target);
    }
  }

  /** No list, so no elements; a map's are its entries. */
  private void elements(ListVector list, Target to) throws GateException {
    Target target = to.child(0, "", list.getDataVector(), row -> Target.Rows.NONE);
    boolean map = to.field().getType() instanceof ArrowType.Map;
    Casts.nulls(map ? StructType.of(type.fields()) : type.fields().get(0).type()).nulls(0, target);
  }
}
