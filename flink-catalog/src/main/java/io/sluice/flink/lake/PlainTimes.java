package io.sluice.flink.lake;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/** Schemas whose TIME columns, and fields within columns, are plain longs, in microseconds. */
final class PlainTimes {

  static Schema of(Schema schema) {
    return new Schema(of(schema.asStruct()).asStructType().fields());
  }

  static Type of(Type type) {
    return switch (type.typeId()) {
      case TIME -> Types.LongType.get();
      case STRUCT ->
          Types.StructType.of(
              type.asStructType().fields().stream().map(PlainTimes::plain).toList());
      case LIST -> list(type.asListType());
      case MAP -> map(type.asMapType());
      default -> type;
    };
  }

  private static NestedField plain(NestedField field) {
    NestedField.Builder plain = NestedField.from(field).ofType(of(field.type()));
    if (field.type().typeId() == Type.TypeID.TIME) {
      // Iceberg doesn't take a time's default for a long's.
      plain.withInitialDefault(micros(field.initialDefault()));
      plain.withWriteDefault(micros(field.writeDefault()));
    }
    return plain.build();
  }

  private static @Nullable Literal<?> micros(@Nullable Object time) {
    return time == null ? null : Literal.of((Long) time);
  }

  private static Type list(Types.ListType list) {
    Type element = of(list.elementType());
    return list.isElementOptional()
        ? Types.ListType.ofOptional(list.elementId(), element)
        : Types.ListType.ofRequired(list.elementId(), element);
  }

  private static Type map(Types.MapType map) {
    Type key = of(map.keyType());
    Type value = of(map.valueType());
    return map.isValueOptional()
        ? Types.MapType.ofOptional(map.keyId(), map.valueId(), key, value)
        : Types.MapType.ofRequired(map.keyId(), map.valueId(), key, value);
  }

  static MessageType of(MessageType file) {
    return new MessageType(file.getName(), plain(file.getFields()));
  }

  private static List<org.apache.parquet.schema.Type> plain(
      List<org.apache.parquet.schema.Type> fields) {
    return fields.stream().map(PlainTimes::plain).toList();
  }

  private static org.apache.parquet.schema.Type plain(org.apache.parquet.schema.Type type) {
    if (!type.isPrimitive()) {
      GroupType group = type.asGroupType();
      return group.withNewFields(plain(group.getFields()));
    }
    if (!(type.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.TimeLogicalTypeAnnotation time)
        || time.getUnit() != LogicalTypeAnnotation.TimeUnit.MICROS) {
      return type;
    }
    PrimitiveType plain =
        org.apache.parquet.schema.Types.primitive(
                type.asPrimitiveType().getPrimitiveTypeName(), type.getRepetition())
            .named(type.getName());
    return type.getId() == null ? plain : plain.withId(type.getId().intValue());
  }

  private PlainTimes() {}
}
