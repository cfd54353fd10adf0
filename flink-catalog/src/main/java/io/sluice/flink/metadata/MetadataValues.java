package io.sluice.flink.metadata;

import io.sluice.flink.TimeMillis;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.ByteBuffers;
import org.apache.iceberg.util.UUIDUtil;
import org.jspecify.annotations.Nullable;

/** Values as Iceberg keeps them in memory, as Flink has them within its rows. */
final class MetadataValues {

  private static final long MICROS_PER_MILLI = 1_000;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Returns a row's fields, in the order of the type. */
  static GenericRowData row(StructLike struct, List<NestedField> fields) {
    GenericRowData row = new GenericRowData(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      row.setField(i, value(struct.get(i, Object.class), fields.get(i).type()));
    }
    return row;
  }

  static @Nullable Object value(@Nullable Object value, Type type) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case STRING -> StringData.fromString(value.toString());
      case BINARY, FIXED -> bytes(value);
      case UUID -> bytes(UUIDUtil.convertToByteBuffer((UUID) value));
      case TIME -> TimeMillis.of("partition", (Long) value);
      case TIMESTAMP -> micros((Long) value);
      case TIMESTAMP_NANO -> nanos((Long) value);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield DecimalData.fromBigDecimal((BigDecimal) value, decimal.precision(), decimal.scale());
      }
      case STRUCT -> row((StructLike) value, type.asStructType().fields());
      case LIST -> {
        Type element = type.asListType().elementType();
        yield new GenericArrayData(
            ((Collection<?>) value).stream().map(each -> value(each, element)).toArray());
      }
      case MAP -> map((Map<?, ?>) value, type.asMapType());
      default -> value;
    };
  }

  private static GenericMapData map(Map<?, ?> map, Types.MapType type) {
    Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
    map.forEach(
        (key, each) -> values.put(value(key, type.keyType()), value(each, type.valueType())));
    return new GenericMapData(values);
  }

  private static TimestampData micros(long micros) {
    return TimestampData.fromEpochMillis(
        Math.floorDiv(micros, MICROS_PER_MILLI),
        (int) Math.floorMod(micros, MICROS_PER_MILLI) * NANOS_PER_MICRO);
  }

  private static TimestampData nanos(long nanos) {
    return TimestampData.fromEpochMillis(
        Math.floorDiv(nanos, NANOS_PER_MILLI), (int) Math.floorMod(nanos, NANOS_PER_MILLI));
  }

  private static byte[] bytes(Object value) {
    return value instanceof ByteBuffer buffer
        ? ByteBuffers.toByteArray(buffer)
        : ((byte[]) value).clone();
  }

  private MetadataValues() {}
}
