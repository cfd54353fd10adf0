package io.sluice.flink;

import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Iceberg's primitive types as Flink's, and back.
 *
 * <pre>
 * boolean        BOOLEAN                timestamp       TIMESTAMP(6)
 * int            INT                    timestamptz     TIMESTAMP_LTZ(6)
 * long           BIGINT                 timestamp_ns    TIMESTAMP(9)
 * float          FLOAT                  timestamptz_ns  TIMESTAMP_LTZ(9)
 * double         DOUBLE                 string          STRING
 * decimal(p, s)  DECIMAL(p, s)          uuid            BINARY(16)
 * date           DATE                   fixed(L)        BINARY(L)
 * time           TIME                   binary          BYTES
 * </pre>
 *
 * Flink keeps a TIME in milliseconds: a value with microseconds fails the read, rather than being
 * cut.
 */
public final class FlinkTypes {

  private static final int MICROS = 6;
  private static final int NANOS = 9;

  /** Returns the Flink type of a column. */
  static DataType dataType(NestedField column) {
    return TypeConversions.fromLogicalToDataType(flinkType(column.type(), column.isOptional()));
  }

  /**
   * Returns the Flink type of an Iceberg type.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static LogicalType flinkType(Type type, boolean nullable) {
    return switch (type.typeId()) {
      case BOOLEAN -> new BooleanType(nullable);
      case INTEGER -> new IntType(nullable);
      case LONG -> new BigIntType(nullable);
      case FLOAT -> new FloatType(nullable);
      case DOUBLE -> new DoubleType(nullable);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield new DecimalType(nullable, decimal.precision(), decimal.scale());
      }
      case DATE -> new DateType(nullable);
      case TIME -> new TimeType(nullable, TimeType.DEFAULT_PRECISION);
      case TIMESTAMP ->
          timestamp(nullable, ((Types.TimestampType) type).shouldAdjustToUTC(), MICROS);
      case TIMESTAMP_NANO ->
          timestamp(nullable, ((Types.TimestampNanoType) type).shouldAdjustToUTC(), NANOS);
      case STRING -> new VarCharType(nullable, VarCharType.MAX_LENGTH);
      case UUID -> new BinaryType(nullable, 16);
      case FIXED -> new BinaryType(nullable, ((Types.FixedType) type).length());
      case BINARY -> new VarBinaryType(nullable, VarBinaryType.MAX_LENGTH);
      default -> throw new IllegalArgumentException("type " + type + " is not supported");
    };
  }

  /**
   * Returns the Iceberg type that holds all values of a Flink type.
   *
   * @throws IllegalArgumentException if there is none; the message names the column and says what
   *     to use
   */
  static Type icebergType(String column, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> Types.BooleanType.get();
      case TINYINT, SMALLINT, INTEGER -> Types.IntegerType.get();
      case BIGINT -> Types.LongType.get();
      case FLOAT -> Types.FloatType.get();
      case DOUBLE -> Types.DoubleType.get();
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield Types.DecimalType.of(decimal.getPrecision(), decimal.getScale());
      }
      case DATE -> Types.DateType.get();
      case TIME_WITHOUT_TIME_ZONE -> Types.TimeType.get();
      case TIMESTAMP_WITHOUT_TIME_ZONE -> {
        requireMicros(column, type, ((TimestampType) type).getPrecision());
        yield Types.TimestampType.withoutZone();
      }
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
        requireMicros(column, type, ((LocalZonedTimestampType) type).getPrecision());
        yield Types.TimestampType.withZone();
      }
      case VARCHAR -> Types.StringType.get();
      case BINARY -> Types.FixedType.ofLength(((BinaryType) type).getLength());
      case VARBINARY -> Types.BinaryType.get();
      case CHAR -> throw refusal(column, type, "use STRING");
      case TIMESTAMP_WITH_TIME_ZONE -> throw refusal(column, type, "use TIMESTAMP_LTZ(6)");
      case ARRAY, MAP, MULTISET, ROW, STRUCTURED_TYPE ->
          throw refusal(
              column, type, "nested types are not supported yet; use columns of their own");
      default -> throw refusal(column, type, "use one of Iceberg's primitive types");
    };
  }

  private static LogicalType timestamp(boolean nullable, boolean zoned, int precision) {
    return zoned
        ? new LocalZonedTimestampType(nullable, precision)
        : new TimestampType(nullable, precision);
  }

  private static void requireMicros(String column, LogicalType type, int precision) {
    if (precision > MICROS) {
      throw refusal(column, type, "the lake keeps microseconds; use a precision of 6 or less");
    }
  }

  private static IllegalArgumentException refusal(String column, LogicalType type, String advice) {
    return new IllegalArgumentException(
        "column '" + column + "' can't be of type " + type.asSummaryString() + ": " + advice);
  }

  private FlinkTypes() {}
}
