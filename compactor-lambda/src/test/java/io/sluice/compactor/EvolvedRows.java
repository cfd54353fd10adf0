package io.sluice.compactor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;

/** Rows by the ids of their fields, whatever these are called, and what becomes of them. */
final class EvolvedRows {

  /** Returns a struct's fields that aren't null by their ids, those within them likewise. */
  static Map<Integer, Object> told(StructType type, Record record) {
    Map<Integer, Object> values = new TreeMap<>();
    for (NestedField field : type.fields()) {
      Object value = record.getField(field.name());
      if (value != null) {
        values.put(field.fieldId(), told(field.type(), value));
      }
    }
    return values;
  }

  private static Object told(Type type, Object value) {
    if (value instanceof Record record) {
      return told(type.asStructType(), record);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(element -> told(type.asListType().elementType(), element)).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> entries = new TreeMap<>();
      map.forEach((key, entry) -> entries.put(key, told(type.asMapType().valueType(), entry)));
      return entries;
    }
    return value;
  }

  /**
   * Returns what such values are read as.
   *
   * @param now the fields that are wanted
   * @param written the ids of all that the row's writer knew: of others it has the initial default
   */
  static Map<Integer, Object> asRead(Map<?, ?> values, StructType now, Set<Integer> written) {
    Map<Integer, Object> read = new TreeMap<>();
    for (NestedField field : now.fields()) {
      Object value = values.get(field.fieldId());
      if (value != null) {
        read.put(field.fieldId(), asRead(value, field.type(), written));
      } else if (field.initialDefault() != null && !written.contains(field.fieldId())) {
        Object initial = field.initialDefault();
        read.put(field.fieldId(), initial instanceof CharSequence text ? text.toString() : initial);
      }
    }
    return read;
  }

  private static Object asRead(Object value, Type now, Set<Integer> written) {
    return switch (now.typeId()) {
      case STRUCT -> asRead((Map<?, ?>) value, now.asStructType(), written);
      case LIST ->
          ((List<?>) value)
              .stream()
                  .map(element -> asRead(element, now.asListType().elementType(), written))
                  .toList();
      case MAP -> {
        Map<Object, Object> entries = new TreeMap<>();
        ((Map<?, ?>) value)
            .forEach(
                (key, entry) ->
                    entries.put(key, asRead(entry, now.asMapType().valueType(), written)));
        yield entries;
      }
      default -> widened(value, now);
    };
  }

  private static Object widened(Object value, Type type) {
    if (type.typeId() == TypeID.LONG) {
      return ((Number) value).longValue();
    }
    return type.typeId() == TypeID.DOUBLE ? ((Number) value).doubleValue() : value;
  }

  private EvolvedRows() {}
}
