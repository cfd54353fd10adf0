package io.sluice.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Java's lists and maps in lists, maps and structs, of any depth. */
final class NestedValues {

  static boolean isNested(FieldVector vector) {
    return vector instanceof StructVector || vector instanceof ListVector;
  }

  /**
   * Sets a value.
   *
   * @param at its place in the vector
   * @param path where errors say it is
   */
  static void set(FieldVector vector, int at, Object value, ArrowValues.Place path) {
    if (vector instanceof StructVector struct) {
      setStruct(struct, at, (Map<?, ?>) value, path);
    } else if (vector instanceof MapVector map) {
      setMap(map, at, (Map<?, ?>) value, path);
    } else {
      ListVector list = (ListVector) vector;
      List<?> values = (List<?>) value;
      int start = list.startNewValue(at);
      for (int i = 0; i < values.size(); i++) {
        ArrowValues.set(list.getDataVector(), start + i, values.get(i), path.within("element"));
      }
      list.endValue(at, values.size());
    }
  }

  private static void setStruct(
      StructVector struct, int at, Map<?, ?> values, ArrowValues.Place path) {
    for (Object name : values.keySet()) {
      if (!(name instanceof String text) || struct.getChild(text) == null) {
        throw new IllegalArgumentException(
            path + " has a field '" + name + "' that the table doesn't have");
      }
    }
    struct.setIndexDefined(at);
    for (FieldVector field : struct.getChildrenFromFields()) {
      String name = field.getName();
      ArrowValues.set(field, at, values.get(name), path.within(name));
    }
  }

  private static void setMap(MapVector map, int at, Map<?, ?> values, ArrowValues.Place path) {
    StructVector entries = (StructVector) map.getDataVector();
    List<FieldVector> pair = entries.getChildrenFromFields();
    int next = map.startNewValue(at);
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      entries.setIndexDefined(next);
      ArrowValues.set(pair.get(0), next, entry.getKey(), path.within("key"));
      ArrowValues.set(pair.get(1), next, entry.getValue(), path.within("value"));
      next++;
    }
    map.endValue(at, values.size());
  }

  /** Returns a value that isn't null, for the caller to keep. */
  static Object get(FieldVector vector, int at) {
    if (vector instanceof StructVector struct) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (FieldVector field : struct.getChildrenFromFields()) {
        values.put(field.getName(), ArrowValues.get(field, at));
      }
      return values;
    }
    ListVector list = (ListVector) vector;
    int end = list.getElementEndIndex(at);
    if (vector instanceof MapVector) {
      List<FieldVector> pair = list.getDataVector().getChildrenFromFields();
      Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
      for (int i = list.getElementStartIndex(at); i < end; i++) {
        values.put(ArrowValues.get(pair.get(0), i), ArrowValues.get(pair.get(1), i));
      }
      return values;
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = list.getElementStartIndex(at); i < end; i++) {
      values.add(ArrowValues.get(list.getDataVector(), i));
    }
    return values;
  }

  private NestedValues() {}
}
