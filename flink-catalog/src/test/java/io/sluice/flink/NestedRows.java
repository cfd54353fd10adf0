package io.sluice.flink;

import io.sluice.catalog.types.ArrowSchemas;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Random columns of nested types, their values, and what two values have in common. */
final class NestedRows {

  private static final List<String> PRIMITIVES =
      List.of(
          "boolean",
          "int",
          "long",
          "float",
          "double",
          "decimal(5, 2)",
          "decimal(18, 3)",
          "decimal(38, 10)",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "timestamp_ns",
          "string",
          "uuid",
          "fixed(5)",
          "binary");

  private final Random random;

  NestedRows(Random random) {
    this.random = random;
  }

  /** Returns some columns, that have types within types at most so deep. */
  List<NestedField> columns(int depth) {
    return struct(depth + 1).fields();
  }

  private Types.StructType struct(int depth) {
    List<NestedField> fields = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 1; i <= count; i++) {
      NestedField field = NestedField.optional(i, "f" + i, type(depth - 1));
      fields.add(random.nextInt(3) == 0 ? field.asRequired() : field);
    }
    return Types.StructType.of(fields);
  }

  private Type type(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    return switch (kind) {
      case 1 -> struct(depth);
      case 2 ->
          random.nextBoolean()
              ? Types.ListType.ofOptional(1, type(depth - 1))
              : Types.ListType.ofRequired(1, type(depth - 1));
      case 3 -> {
        Type key = type(random.nextInt(4) == 0 ? depth - 1 : 0);
        yield random.nextBoolean()
            ? Types.MapType.ofOptional(1, 2, key, type(depth - 1))
            : Types.MapType.ofRequired(1, 2, key, type(depth - 1));
      }
      default -> ArrowSchemas.parseType(PRIMITIVES.get(random.nextInt(PRIMITIVES.size())));
    };
  }

  /** Returns a row of some columns. */
  GenericRowData row(Types.StructType columns) {
    GenericRowData row = new GenericRowData(columns.fields().size());
    for (int i = 0; i < row.getArity(); i++) {
      row.setField(i, nullable(columns.fields().get(i)));
    }
    return row;
  }

  private @Nullable Object nullable(NestedField field) {
    return field.isOptional() && random.nextInt(4) == 0 ? null : value(field.type());
  }

  private Object value(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean();
      case INTEGER -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextInt(9) == 0 ? Double.NaN : random.nextDouble();
      case DECIMAL -> decimal((Types.DecimalType) type);
      case DATE -> random.nextInt(200_000) - 100_000;
      case TIME -> random.nextInt(86_400_000);
      case TIMESTAMP ->
          TimestampData.fromEpochMillis(
              random.nextInt() * 1_000L - 7, random.nextInt(1_000) * 1_000);
      case TIMESTAMP_NANO ->
          TimestampData.fromEpochMillis(random.nextInt() * 1_000L - 7, random.nextInt(1_000_000));
      case STRING -> StringData.fromString("\u00e4".repeat(random.nextInt(30)) + random.nextInt());
      case UUID -> bytes(16);
      case FIXED -> bytes(((Types.FixedType) type).length());
      case BINARY -> bytes(random.nextInt(9));
      case STRUCT -> row(type.asStructType());
      case LIST -> array(type.asListType().fields().get(0));
      case MAP -> map(type.asMapType());
      default -> throw new AssertionError(type);
    };
  }

  private DecimalData decimal(Types.DecimalType type) {
    BigInteger digits =
        new BigInteger(120, random).mod(BigInteger.TEN.pow(random.nextInt(type.precision()) + 1));
    BigDecimal value = new BigDecimal(digits, type.scale());
    return DecimalData.fromBigDecimal(
        random.nextBoolean() ? value.negate() : value, type.precision(), type.scale());
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private int size() {
    return random.nextInt(random.nextInt(20) == 0 ? 50 : 4);
  }

  private GenericArrayData array(NestedField element) {
    @Nullable Object[] array = new @Nullable Object[size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = nullable(element);
    }
    return new GenericArrayData(array);
  }

  private GenericMapData map(Types.MapType type) {
    LogicalType keyType = FlinkTypes.flinkType(type.keyType(), true);
    Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
    Set<@Nullable Object> keys = new HashSet<>();
    int size = size();
    for (int i = 0; i < size; i++) {
      Object key = value(type.keyType());
      if (keys.add(plain(keyType, key))) {
        entries.put(key, nullable(type.fields().get(1)));
      }
    }
    return new GenericMapData(entries);
  }

  /** Returns rows in a form that is equal to that of equal rows. */
  static List<@Nullable Object> plain(LogicalType type, List<? extends RowData> rows) {
    List<@Nullable Object> all = new ArrayList<>();
    rows.forEach(row -> all.add(plain(type, row)));
    return all;
  }

  private static @Nullable Object plain(LogicalType type, @Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    } else if (value instanceof RowData row) {
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < row.getArity(); i++) {
        LogicalType field = ((RowType) type).getTypeAt(i);
        fields.add(plain(field, RowData.createFieldGetter(field, i).getFieldOrNull(row)));
      }
      return fields;
    } else if (value instanceof ArrayData array) {
      return elements(((ArrayType) type).getElementType(), array);
    } else if (value instanceof MapData map) {
      MapType of = (MapType) type;
      return List.of(
          elements(of.getKeyType(), map.keyArray()), elements(of.getValueType(), map.valueArray()));
    }
    return value;
  }

  private static List<@Nullable Object> elements(LogicalType type, ArrayData array) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      elements.add(plain(type, getter.getElementOrNull(array, i)));
    }
    return elements;
  }
}
