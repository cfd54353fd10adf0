package io.sluice.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Flink's types as the Iceberg types that hold all their values. Used once. */
final class IcebergTypes {

  private static final int MICROS = 6;

  private int lastId;

  /**
   * Returns the type of a column, or of a field within one.
   *
   * @param path for messages
   */
  Type of(String path, LogicalType type) {
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
        requireMicros(path, type, ((TimestampType) type).getPrecision());
        yield Types.TimestampType.withoutZone();
      }
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
        requireMicros(path, type, ((LocalZonedTimestampType) type).getPrecision());
        yield Types.TimestampType.withZone();
      }
      case VARCHAR -> Types.StringType.get();
      case BINARY -> Types.FixedType.ofLength(((BinaryType) type).getLength());
      case VARBINARY -> Types.BinaryType.get();
      case ROW -> struct(path, (RowType) type);
      case ARRAY -> list(path, (ArrayType) type);
      case MAP -> map(path, (MapType) type);
      case CHAR -> throw refusal(path, type, "use STRING");
      case TIMESTAMP_WITH_TIME_ZONE -> throw refusal(path, type, "use TIMESTAMP_LTZ(6)");
      case MULTISET ->
          throw refusal(
              path, type, "the lake would give it back as a map; use MAP<..., INT NOT NULL>");
      case STRUCTURED_TYPE -> throw refusal(path, type, "use a ROW of its fields");
      default -> throw refusal(path, type, "use one of Iceberg's types");
    };
  }

  private Type struct(String path, RowType row) {
    List<NestedField> fields = new ArrayList<>();
    for (RowType.RowField field : row.getFields()) {
      int id = ++lastId;
      fields.add(
          NestedField.builder()
              .withId(id)
              .withName(field.getName())
              .isOptional(field.getType().isNullable())
              .ofType(of(path + "." + field.getName(), field.getType()))
              .withDoc(field.getDescription().orElse(null))
              .build());
    }
    return Types.StructType.of(fields);
  }

  private Type list(String path, ArrayType array) {
    int id = ++lastId;
    Type element = of(path + ".element", array.getElementType());
    return array.getElementType().isNullable()
        ? Types.ListType.ofOptional(id, element)
        : Types.ListType.ofRequired(id, element);
  }

  private Type map(String path, MapType map) {
    int keyId = ++lastId;
    int valueId = ++lastId;
    Type key = of(path + ".key", map.getKeyType());
    Type value = of(path + ".value", map.getValueType());
    return map.getValueType().isNullable()
        ? Types.MapType.ofOptional(keyId, valueId, key, value)
        : Types.MapType.ofRequired(keyId, valueId, key, value);
  }

  private static void requireMicros(String path, LogicalType type, int precision) {
    if (precision > MICROS) {
      throw refusal(path, type, "the lake keeps microseconds; use a precision of 6 or less");
    }
  }

  private static IllegalArgumentException refusal(String path, LogicalType type, String advice) {
    return new IllegalArgumentException(
        "column '" + path + "' can't be of type " + type.asSummaryString() + ": " + advice);
  }
}
