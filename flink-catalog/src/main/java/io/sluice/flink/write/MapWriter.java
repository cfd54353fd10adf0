package io.sluice.flink.write;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/** Writes MAPs. No key is null, or there twice. */
final class MapWriter extends ValueWriter {

  private final MapVector vector;
  private final StructVector entries;
  private final ValueWriter keys;
  private final ValueWriter values;
  private final LogicalType keyType;
  private final ArrayData.ElementGetter keyGetter;
  private final ArrayValues keyValues = new ArrayValues();
  private final ArrayValues eachValues = new ArrayValues();

  MapWriter(String path, MapType type, MapVector vector) {
    super(path, vector);
    this.vector = vector;
    this.entries = (StructVector) vector.getDataVector();
    List<FieldVector> entry = entries.getChildrenFromFields();
    this.keys = of(path + ".key", type.getKeyType(), entry.get(0));
    this.values = of(path + ".value", type.getValueType(), entry.get(1));
    this.keyType = type.getKeyType();
    this.keyGetter = ArrayData.createElementGetter(keyType);
  }

  @Override
  void write(int at, Values from, int index) {
    MapData map = from.getMap(index);
    ArrayData key = map.keyArray();
    keyValues.pointAt(key);
    eachValues.pointAt(map.valueArray());
    Set<Object> seen = new HashSet<>();
    int start = vector.startNewValue(at);
    for (int i = 0; i < map.size(); i++) {
      keys.set(start + i, keyValues, i);
      if (map.size() > 1) {
        requireNew(seen, keyGetter.getElementOrNull(key, i));
      }
      values.set(start + i, eachValues, i);
      entries.setIndexDefined(start + i);
    }
    vector.endValue(at, map.size());
  }

  private void requireNew(Set<Object> seen, @Nullable Object key) {
    if (key != null && !seen.add(comparable(keyType, key))) {
      throw new IllegalArgumentException(
          "column '" + path() + "' is a map that has the key " + shown(key) + " twice");
    }
  }

  private static Object shown(Object key) {
    return key instanceof byte[] bytes ? java.util.Arrays.toString(bytes) : key;
  }

  /** Flink has several forms of one value; and arrays of bytes aren't equal to each other. */
  private static Object comparable(LogicalType type, Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    } else if (type instanceof RowType row) {
      List<@Nullable Object> fields = new ArrayList<>();
      for (int i = 0; i < row.getFieldCount(); i++) {
        LogicalType field = row.getTypeAt(i);
        fields.add(
            nullable(field, RowData.createFieldGetter(field, i).getFieldOrNull((RowData) value)));
      }
      return fields;
    } else if (type instanceof ArrayType array) {
      return elements(array.getElementType(), (ArrayData) value);
    } else if (type instanceof MapType map) {
      List<@Nullable Object> keys = elements(map.getKeyType(), ((MapData) value).keyArray());
      List<@Nullable Object> values = elements(map.getValueType(), ((MapData) value).valueArray());
      Map<@Nullable Object, @Nullable Object> entries = new HashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        entries.put(keys.get(i), values.get(i));
      }
      return entries;
    }
    return value;
  }

  private static List<@Nullable Object> elements(LogicalType type, ArrayData array) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      elements.add(nullable(type, getter.getElementOrNull(array, i)));
    }
    return elements;
  }

  private static @Nullable Object nullable(LogicalType type, @Nullable Object value) {
    return value == null ? null : comparable(type, value);
  }
}
