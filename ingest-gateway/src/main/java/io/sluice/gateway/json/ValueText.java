package io.sluice.gateway.json;

import io.sluice.gateway.rows.TemporalFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.function.IntFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Primitive values as text, as fields of CSV and keys of JSON objects have them. */
final class ValueText {

  /**
   * Returns the text of the values of a vector, which isn't to be asked for those that are null.
   */
  static IntFunction<String> of(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case BOOLEAN -> index -> String.valueOf(((BitVector) vector).get(index) != 0);
      case INTEGER -> index -> Integer.toString(((IntVector) vector).get(index));
      case LONG -> index -> Long.toString(((BigIntVector) vector).get(index));
      case FLOAT -> index -> Float.toString(((Float4Vector) vector).get(index));
      case DOUBLE -> index -> Double.toString(((Float8Vector) vector).get(index));
      case DECIMAL -> index -> ((DecimalVector) vector).getObject(index).toPlainString();
      case DATE -> index -> TemporalFormat.date(((DateDayVector) vector).get(index));
      case TIME -> index -> TemporalFormat.time(((TimeMicroVector) vector).get(index));
      case TIMESTAMP -> timestamp((Types.TimestampType) type, (TimeStampVector) vector);
      case TIMESTAMP_NANO -> {
        String zone = ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "Z" : "";
        TimeStampVector nanos = (TimeStampVector) vector;
        yield index -> TemporalFormat.timestampNanos(nanos.get(index)) + zone;
      }
      case STRING ->
          index -> new String(((VarCharVector) vector).get(index), StandardCharsets.UTF_8);
      case UUID -> index -> uuid(((FixedSizeBinaryVector) vector).get(index)).toString();
      case FIXED -> index -> base64(((FixedSizeBinaryVector) vector).get(index));
      case BINARY -> index -> base64(((VarBinaryVector) vector).get(index));
      default -> throw new IllegalArgumentException("no values are read as " + type);
    };
  }

  private static IntFunction<String> timestamp(Types.TimestampType type, TimeStampVector vector) {
    return type.shouldAdjustToUTC()
        ? index -> TemporalFormat.timestamptz(vector.get(index))
        : index -> TemporalFormat.timestamp(vector.get(index));
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private ValueText() {}
}
