package io.sluice.gateway.gate;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Structs, field by field. What a field has below a null struct is not looked at, and becomes null.
 *
 * @param mapping which of the wire's fields becomes which of the struct's
 * @param fields of the struct
 */
record StructCast(Mapping mapping, List<NestedField> fields) implements Cast {

  @Override
  public @Nullable Cast child(int index) {
    return mapping.casts()[index];
  }

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    StructVector struct = (StructVector) to.start();
    boolean whole = false;
    ArrowBuf bits = from.isPlain() ? from.leaf().validity() : to.validity(from);
    try {
      fields(from, struct, bits, to);
      int rows = from.rows();
      FieldVector filled =
          to.fill(struct, rows, bits == null ? null : bits.slice(0, Target.bitmapBytes(rows)));
      whole = true;
      return filled;
    } finally {
      if (bits != null && !from.isPlain()) {
        bits.close();
      }
      if (!whole) {
        struct.close();
      }
    }
  }

  private void fields(Column from, StructVector struct, @Nullable ArrowBuf bits, Target to)
      throws GateException {
    int rows = from.rows();
    boolean hasNulls = bits != null && BitVectorHelper.getNullCount(bits, rows) > 0;
    Target.Rows rowOfField = bits == null || !hasNulls ? to.rows() : rowsOfLive(bits, to.rows());
    boolean[] isThere = new boolean[fields.size()];
    for (int i = 0; i < mapping.casts().length; i++) {
      Cast cast = mapping.casts()[i];
      if (cast != null) {
        int place = mapping.targets()[i];
        isThere[place] = true;
        Target target = target(place, struct, rowOfField, to);
        if (from.isPlain() && !hasNulls) {
          cast.apply(from.leaf().child(i), target);
        } else {
          castLive(cast, from, from.leaf().child(i), target);
        }
      }
    }
    for (int i = 0; i < isThere.length; i++) {
      if (!isThere[i]) {
        Casts.nulls(fields.get(i).type()).nulls(rows, target(i, struct, rowOfField, to));
      }
    }
  }

  private static Target.Rows rowsOfLive(ArrowBuf bits, Target.Rows rows) {
    return i -> BitVectorHelper.get(bits, i) == 0 ? Target.Rows.NONE : rows.of(i);
  }

  private Target target(int place, StructVector struct, Target.Rows rows, Target to) {
    FieldVector vector = (FieldVector) struct.getChildByOrdinal(place);
    return to.child(place, fields.get(place).name(), vector, rows);
  }

  /** Casts the values of the structs that are there. */
  private static void castLive(Cast cast, Column structs, Column values, Target to)
      throws GateException {
    int rows = structs.rows();
    try (ArrowBuf places = to.allocate(4L * rows)) {
      for (int row = 0; row < rows; row++) {
        int place = structs.at(row);
        places.setInt(4L * row, place < 0 ? -1 : values.at(place));
      }
      cast.apply(new Column(values.leaf(), places, rows), to);
    }
  }
}
