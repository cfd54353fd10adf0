package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Fields that were dropped, to be read all the same. A file says of its fields alone whether the
 * structs that they are in are null, and how long the lists of such structs are; so Iceberg's
 * readers couldn't read a struct from a file all of whose fields are newer.
 */
public final class Witnesses {

  private final List<Schema> schemas;

  private Witnesses(Collection<Schema> schemas) {
    // The newest has the widest type of a field.
    this.schemas =
        schemas.stream().sorted(Comparator.comparingInt(Schema::schemaId).reversed()).toList();
  }

  /**
   * Returns columns with such fields behind those that their structs have, as few as will do.
   *
   * @param read what is wanted
   * @param all whatever columns the table has had
   */
  public static Schema add(Schema read, Collection<Schema> all) {
    boolean nested = read.columns().stream().anyMatch(column -> column.type().isNestedType());
    return nested ? new Schema(new Witnesses(all).fields(read.columns(), false)) : read;
  }

  private List<NestedField> fields(List<NestedField> fields, boolean dropped) {
    List<NestedField> with = new ArrayList<>();
    for (NestedField field : fields) {
      NestedField one =
          NestedField.from(field).ofType(type(field.fieldId(), field.type(), dropped)).build();
      // A file may be from before it was there, or after it was dropped.
      with.add(dropped ? one.asOptional() : one);
    }
    return with;
  }

  private Type type(int id, Type type, boolean dropped) {
    return switch (type.typeId()) {
      case STRUCT -> struct(id, fields(type.asStructType().fields(), dropped));
      case LIST -> {
        Types.ListType list = type.asListType();
        Type element = type(list.elementId(), list.elementType(), dropped);
        yield list.isElementOptional()
            ? Types.ListType.ofOptional(list.elementId(), element)
            : Types.ListType.ofRequired(list.elementId(), element);
      }
      case MAP -> {
        Types.MapType map = type.asMapType();
        Type key = type(map.keyId(), map.keyType(), dropped);
        Type value = type(map.valueId(), map.valueType(), dropped);
        yield map.isValueOptional()
            ? Types.MapType.ofOptional(map.keyId(), map.valueId(), key, value)
            : Types.MapType.ofRequired(map.keyId(), map.valueId(), key, value);
      }
      default -> type;
    };
  }

  private Type struct(int id, List<NestedField> fields) {
    Set<Integer> ids = fields.stream().map(NestedField::fieldId).collect(Collectors.toSet());
    for (Schema schema : schemas) {
      @Nullable NestedField was = schema.findField(id);
      if (was != null && was.type().isStructType()) {
        List<NestedField> had = was.type().asStructType().fields();
        if (had.stream().noneMatch(field -> ids.contains(field.fieldId()))) {
          NestedField witness = smallest(had);
          ids.add(witness.fieldId());
          fields.add(
              NestedField.from(fields(List.of(witness), true).get(0))
                  // Another field may have its name by now.
                  .withName("dropped " + witness.fieldId())
                  .build());
        }
      }
    }
    return Types.StructType.of(fields);
  }

  private static NestedField smallest(List<NestedField> fields) {
    return fields.stream()
        .filter(field -> field.type().isPrimitiveType())
        .findFirst()
        .orElse(fields.get(0));
  }
}
