package io.sluice.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.ArrayType;
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
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.RowType.RowField;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Iceberg's types as Flink's, and back.
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
 * struct         ROW                    list            ARRAY
 * map            MAP
 * </pre>
 *
 * A field of a struct keeps its comment, and whatever is within others whether it may be null. The
 * keys of a map never are; Flink is told that they may be, as it says of all that doesn't say NOT
 * NULL: else it would refuse to insert other tables' maps.
 *
 * <p>Flink keeps a TIME in milliseconds: a value with microseconds fails the read, rather than
 * being cut.
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
      case STRUCT -> new RowType(nullable, rowFields(type.asStructType()));
      case LIST -> new ArrayType(nullable, flinkType(type.asListType().fields().get(0)));
      case MAP ->
          new MapType(
              nullable,
              flinkType(type.asMapType().keyType(), true),
              flinkType(type.asMapType().fields().get(1)));
      default -> throw new IllegalArgumentException("type " + type + " is not supported");
    };
  }

  private static LogicalType flinkType(NestedField field) {
    return flinkType(field.type(), field.isOptional());
  }

  private static List<RowField> rowFields(Types.StructType struct) {
    List<RowField> fields = new ArrayList<>();
    for (NestedField field : struct.fields()) {
      LogicalType type = flinkType(field);
      fields.add(
          field.doc() == null
              ? new RowField(field.name(), type)
              : new RowField(field.name(), type, field.doc()));
    }
    return fields;
  }

  /**
   * Returns the Iceberg type that holds all values of a Flink type.
   *
   * @return fields within it have ids from 1, each another
   * @throws IllegalArgumentException if there is none; the message names the column and says what
   *     to use
   */
  static Type icebergType(String column, LogicalType type) {
    return new IcebergTypes().of(column, type);
  }

  /** Returns a type without the comments of fields within it, which say nothing of its values. */
  public static LogicalType withoutComments(LogicalType type) {
    if (type instanceof RowType row) {
      return new RowType(
          row.isNullable(),
          row.getFields().stream()
              .map(field -> new RowField(field.getName(), withoutComments(field.getType())))
              .toList());
    } else if (type instanceof ArrayType array) {
      return new ArrayType(array.isNullable(), withoutComments(array.getElementType()));
    } else if (type instanceof MapType map) {
      return new MapType(
          map.isNullable(), withoutComments(map.getKeyType()), withoutComments(map.getValueType()));
    }
    return type;
  }

  private static LogicalType timestamp(boolean nullable, boolean zoned, int precision) {
    return zoned
        ? new LocalZonedTimestampType(nullable, precision)
        : new TimestampType(nullable, precision);
  }

  private FlinkTypes() {}
}
