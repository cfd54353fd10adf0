package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.ArrowSchemas;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Tables of nested columns, drawn by chance, and rows of theirs. */
public final class NestedTypes {

  private static final List<Type> PRIMITIVES =
      SystemColumns.removeFrom(AllTypes.SCHEMA).columns().stream().map(NestedField::type).toList();

  /** A value of these can be a key, as Java has it. */
  private static final List<Type> KEYS =
      List.of(
          Types.StringType.get(),
          Types.LongType.get(),
          Types.DateType.get(),
          Types.UUIDType.get(),
          Types.StructType.of(
              required(1, "x", Types.IntegerType.get()), optional(2, "y", Types.StringType.get())));

  /** Draws a table, system columns included. */
  static Schema schema(int columns, int depth, Random random) {
    List<NestedField> fields = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      fields.add(field(i + 1, "c" + i, type(depth, random), random));
    }
    return SystemColumns.addTo(ArrowSchemas.numbered(fields));
  }

  private static NestedField field(int id, String name, Type type, Random random) {
    return random.nextInt(4) == 0 ? required(id, name, type) : optional(id, name, type);
  }

  private static Type type(int depth, Random random) {
    int kind = depth == 0 ? 0 : random.nextInt(5);
    return switch (kind) {
      case 1, 2 -> {
        Type element = type(depth - 1, random);
        yield random.nextInt(4) == 0
            ? Types.ListType.ofRequired(1, element)
            : Types.ListType.ofOptional(1, element);
      }
      case 3 -> {
        Type key = KEYS.get(random.nextInt(KEYS.size()));
        Type value = type(depth - 1, random);
        yield random.nextInt(4) == 0
            ? Types.MapType.ofRequired(1, 2, key, value)
            : Types.MapType.ofOptional(1, 2, key, value);
      }
      case 4 -> {
        List<NestedField> fields = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
          String name = random.nextInt(3) == 0 ? "f." + i : "f" + i;
          fields.add(field(i + 1, name, type(depth - 1, random), random));
        }
        yield Types.StructType.of(fields);
      }
      default -> PRIMITIVES.get(random.nextInt(PRIMITIVES.size()));
    };
  }

  public static List<Record> rows(Schema schema, int count, Random random) {
    List<Record> rows = new ArrayList<>();
    List<NestedField> own = SystemColumns.removeFrom(schema).columns();
    for (int i = 0; i < count; i++) {
      Record row = GenericRecord.create(schema);
      for (NestedField column : own) {
        row.setField(column.name(), valueOrNull(column, random));
      }
      rows.add(row);
    }
    return rows;
  }

  private static @Nullable Object valueOrNull(NestedField field, Random random) {
    return field.isOptional() && random.nextInt(4) == 0 ? null : value(field.type(), random);
  }

  static Object value(Type type, Random random) {
    return switch (type.typeId()) {
      case STRUCT -> {
        Record made = GenericRecord.create(type.asStructType());
        for (int i = 0; i < type.asStructType().fields().size(); i++) {
          made.set(i, valueOrNull(type.asStructType().fields().get(i), random));
        }
        yield made;
      }
      case LIST -> {
        List<@Nullable Object> made = new ArrayList<>();
        for (int i = size(random); i > 0; i--) {
          made.add(valueOrNull(type.asListType().fields().get(0), random));
        }
        yield made;
      }
      case MAP -> {
        Map<Object, @Nullable Object> made = new LinkedHashMap<>();
        for (int i = size(random); i > 0; i--) {
          made.put(
              value(type.asMapType().keyType(), random),
              valueOrNull(type.asMapType().fields().get(1), random));
        }
        yield made;
      }
      default -> AllTypes.value(type, random.nextInt(20), random);
    };
  }

  private static int size(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 0;
      case 2 -> 10 + random.nextInt(10);
      default -> 1 + random.nextInt(3);
    };
  }

  /** Returns a value as one that is equal to another of the same content. */
  public static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Record row) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        values.add(plain(row.get(i)));
      }
      return values;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> values = new ArrayList<>();
      list.forEach(element -> values.add(plain(element)));
      return values;
    }
    if (value instanceof Map<?, ?> map) {
      List<@Nullable Object> entries = new ArrayList<>();
      map.forEach(
          (key, element) -> {
            entries.add(plain(key));
            entries.add(plain(element));
          });
      return entries;
    }
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  /** Adds what a value of a type has of a field within it: one null where there is none. */
  static void flatten(
      NestedField at, @Nullable Object value, NestedField leaf, List<@Nullable Object> target) {
    if (value == null) {
      target.add(null);
      return;
    }
    if (at.fieldId() == leaf.fieldId()) {
      Object physical = PhysicalValues.of(leaf.type(), value);
      target.add(physical instanceof ByteBuffer bytes ? bytes.duplicate() : physical);
      return;
    }
    List<NestedField> fields = at.type().asNestedType().fields();
    int place = 0;
    while (!has(fields.get(place), leaf.fieldId())) {
      place++;
    }
    NestedField next = fields.get(place);
    if (value instanceof Record struct) {
      flatten(next, struct.get(place), leaf, target);
      return;
    }
    Iterable<?> within =
        value instanceof Map<?, ?> map
            ? (place == 0 ? map.keySet() : map.values())
            : (List<?>) value;
    boolean any = false;
    for (Object element : within) {
      any = true;
      flatten(next, element, leaf, target);
    }
    if (!any) {
      target.add(null);
    }
  }

  private static boolean has(NestedField field, int id) {
    return field.fieldId() == id
        || (field.type().isNestedType()
            && field.type().asNestedType().fields().stream().anyMatch(inner -> has(inner, id)));
  }

  /** Returns what each row has of a leaf. */
  static List<List<@Nullable Object>> flatten(Schema schema, NestedField leaf, List<Record> rows) {
    NestedField column =
        schema.columns().stream()
            .filter(field -> has(field, leaf.fieldId()))
            .findFirst()
            .orElseThrow();
    List<List<@Nullable Object>> all = new ArrayList<>();
    for (Record row : rows) {
      List<@Nullable Object> values = new ArrayList<>();
      flatten(column, row.getField(column.name()), leaf, values);
      all.add(values.size() == 1 ? Collections.singletonList(values.get(0)) : values);
    }
    return all;
  }

  private NestedTypes() {}
}
