package io.sluice.client;

import java.nio.ByteBuffer;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.UUIDUtil;
import org.jspecify.annotations.Nullable;

/** Canonical Arrow values as Iceberg's transforms take them. */
final class IcebergValues {

  /**
   * Returns a value, or null.
   *
   * @throws IllegalArgumentException if no transform takes the type
   */
  static @Nullable Object value(Type type, FieldVector column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    return switch (type.typeId()) {
      case INTEGER -> ((IntVector) column).get(row);
      case LONG -> ((BigIntVector) column).get(row);
      case DATE -> ((DateDayVector) column).get(row);
      case TIME -> ((TimeMicroVector) column).get(row);
      case TIMESTAMP, TIMESTAMP_NANO -> ((TimeStampVector) column).get(row);
      case DECIMAL -> ((DecimalVector) column).getObject(row);
      case STRING ->
          new String(((VarCharVector) column).get(row), java.nio.charset.StandardCharsets.UTF_8);
      case UUID -> UUIDUtil.convert(((FixedSizeBinaryVector) column).get(row));
      case FIXED -> ByteBuffer.wrap(((FixedSizeBinaryVector) column).get(row));
      case BINARY -> ByteBuffer.wrap(((VarBinaryVector) column).get(row));
      default -> throw new IllegalArgumentException("a " + type + " can't be a bucket key");
    };
  }

  private IcebergValues() {}
}
