package io.sluice.flink.lake;

import io.sluice.flink.FlinkTypes;
import io.sluice.flink.TimeMillis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Values as Iceberg's readers give them, with each TIME in microseconds, as Flink has them within
 * its rows. Those that have others within them are copies.
 */
final class LakeValues {

  /**
   * Returns what makes one of the other.
   *
   * @param path of the column or field, for messages
   */
  private static Function<Object, Object> of(String path, Type type) {
    return switch (type.typeId()) {
      case TIME -> value -> TimeMillis.of(path, (Long) value);
      case DECIMAL -> {
        int precision = ((Types.DecimalType) type).precision();
        yield value -> widened((DecimalData) value, precision);
      }
      case STRUCT -> {
        Rows rows = new Rows(path + ".", type.asStructType());
        yield value -> rows.apply((RowData) value);
      }
      case LIST -> {
        Arrays elements = new Arrays(path + ".element", type.asListType().elementType());
        yield value -> new GenericArrayData(elements.apply((ArrayData) value));
      }
      case MAP -> {
        Arrays keys = new Arrays(path + ".key", type.asMapType().keyType());
        Arrays values = new Arrays(path + ".value", type.asMapType().valueType());
        yield value -> map((MapData) value, keys, values);
      }
      default -> value -> value;
    };
  }

  /** Returns whether {@link #of} makes other values. */
  private static boolean changes(Type type) {
    return switch (type.typeId()) {
      case TIME, DECIMAL, STRUCT, LIST, MAP -> true;
      default -> false;
    };
  }

  /** Iceberg's readers give a decimal the digits of its file; Flink writes it by the column's. */
  private static DecimalData widened(DecimalData value, int precision) {
    return value.precision() == precision
        ? value
        : DecimalData.fromBigDecimal(value.toBigDecimal(), precision, value.scale());
  }

  private static GenericMapData map(MapData map, Arrays keys, Arrays values) {
    @Nullable Object[] key = keys.apply(map.keyArray());
    @Nullable Object[] value = values.apply(map.valueArray());
    Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < key.length; i++) {
      entries.put(key[i], value[i]);
    }
    return new GenericMapData(entries);
  }

  private static LogicalType plain(Type type) {
    return FlinkTypes.flinkType(PlainTimes.of(type), true);
  }

  /** Rows, or values of structs. */
  static final class Rows {

    private final RowData.FieldGetter[] getters;
    private final List<Function<Object, Object>> fields;
    private final int[] changed;

    /**
     * @param path of what the fields are in, with a dot behind it; empty for columns
     */
    Rows(String path, Types.StructType struct) {
      List<NestedField> all = struct.fields();
      this.getters = new RowData.FieldGetter[all.size()];
      for (int i = 0; i < getters.length; i++) {
        getters[i] = RowData.createFieldGetter(plain(all.get(i).type()), i);
      }
      this.fields = all.stream().map(field -> of(path + field.name(), field.type())).toList();
      this.changed =
          IntStream.range(0, all.size()).filter(i -> changes(all.get(i).type())).toArray();
    }

    /** Returns a row that was read, itself if it has no other fields than these. */
    GenericRowData takeOver(RowData read) {
      if (!(read instanceof GenericRowData row) || row.getArity() != getters.length) {
        return apply(read);
      }
      for (int i : changed) {
        Object value = row.getField(i);
        if (value != null) {
          row.setField(i, fields.get(i).apply(value));
        }
      }
      return row;
    }

    GenericRowData apply(RowData read) {
      GenericRowData row = new GenericRowData(getters.length);
      for (int i = 0; i < getters.length; i++) {
        @Nullable Object value = getters[i].getFieldOrNull(read);
        row.setField(i, value == null ? null : fields.get(i).apply(value));
      }
      return row;
    }
  }

  /** What is in a list, or the keys or values of a map. */
  private static final class Arrays {

    private final ArrayData.ElementGetter getter;
    private final Function<Object, Object> elements;

    Arrays(String path, Type type) {
      this.getter = ArrayData.createElementGetter(plain(type));
      this.elements = of(path, type);
    }

    @Nullable Object[] apply(ArrayData read) {
      @Nullable Object[] array = new @Nullable Object[read.size()];
      for (int i = 0; i < array.length; i++) {
        @Nullable Object value = getter.getElementOrNull(read, i);
        array[i] = value == null ? null : elements.apply(value);
      }
      return array;
    }
  }

  private LakeValues() {}
}
