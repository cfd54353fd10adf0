package io.sluice.gateway.gate;

import io.sluice.catalog.types.ColumnDefaults;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A column that the batch doesn't have, and that then has a value all the same. Fields within
 * columns have no defaults.
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
      ColumnDefaults.fill(vector, type, value, count);
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
