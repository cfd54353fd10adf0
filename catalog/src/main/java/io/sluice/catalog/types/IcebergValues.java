package io.sluice.catalog.types;

import java.nio.ByteBuffer;
import java.util.UUID;
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

/** Single values of columns, in the Java types that Iceberg's transforms take. */
public final class IcebergValues {

  /**
   * Returns a value that isn't null.
   *
   * @param type the column's
   * @param column in the canonical Arrow type of {@code type}
   * @throws IllegalStateException if there are no columns of that type
   */
  public static Object of(Type type, FieldVector column, int row) {
    return switch (type.typeId()) {
      case BOOLEAN -> ((BitVector) column).get(row) != 0;
      case INTEGER -> ((IntVector) column).get(row);
      case DATE -> ((DateDayVector) column).get(row);
      case LONG -> ((BigIntVector) column).get(row);
      case FLOAT -> ((Float4Vector) column).get(row);
      case DOUBLE -> ((Float8Vector) column).get(row);
      case TIME -> ((TimeMicroVector) column).get(row);
      case TIMESTAMP, TIMESTAMP_NANO -> ((TimeStampVector) column).get(row);
      case DECIMAL -> ((DecimalVector) column).getObject(row);
      case STRING -> ((VarCharVector) column).getObject(row).toString();
      case BINARY -> ByteBuffer.wrap(((VarBinaryVector) column).get(row));
      case FIXED -> ByteBuffer.wrap(((FixedSizeBinaryVector) column).get(row));
      case UUID -> {
        ByteBuffer bytes = ByteBuffer.wrap(((FixedSizeBinaryVector) column).get(row));
        yield new UUID(bytes.getLong(), bytes.getLong());
      }
      default -> throw new IllegalStateException("there are no columns of type " + type);
    };
  }

  private IcebergValues() {}
}
