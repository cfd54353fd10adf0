package io.sluice.gateway.gate;

import io.sluice.catalog.types.ColumnDefaults;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A field that the batch doesn't have, and that then has a value all the same.
 *
 * @param type a primitive one
 * @param value the write default, in Iceberg's Java form
 */
record DefaultCast(Type type, Object value) implements Cast.Nulls {

  @Override
  public FieldVector nulls(int count, Target to) throws GateException {
    to.charge(Target.bitmapBytes(count) + count * bytesOfOne());
    FieldVector vector = to.start();
    boolean whole = false;
    try {
      vector.setInitialCapacity(count);
      vector.allocateNew();
      for (int i = 0; i < count; i++) {
        if (to.rows().of(i) != Target.Rows.NONE) {
          ColumnDefaults.set(vector, i, type, value);
        }
      }
      vector.setValueCount(count);
      whole = true;
      return vector;
    } finally {
      if (!whole) {
        vector.close();
      }
    }
  }

  private long bytesOfOne() {
    return switch (type.typeId()) {
      case STRING -> 4L + 3L * value.toString().length();
      case BINARY -> 4L + ((java.nio.ByteBuffer) value).remaining();
      case FIXED -> ((Types.FixedType) type).length();
      default -> 16;
    };
  }
}
