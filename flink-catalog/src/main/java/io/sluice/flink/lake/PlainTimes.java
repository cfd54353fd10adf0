package io.sluice.flink.lake;

import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;

/** Schemas whose TIME columns are plain longs, in microseconds. */
final class PlainTimes {

  static Schema of(Schema schema) {
    List<NestedField> fields =
        schema.columns().stream()
            .map(field -> isTime(field.type()) ? plain(field) : field)
            .toList();
    return new Schema(fields);
  }

  static MessageType of(MessageType file) {
    List<org.apache.parquet.schema.Type> fields =
        file.getFields().stream().map(PlainTimes::plain).toList();
    return new MessageType(file.getName(), fields);
  }

  static boolean isTime(Type type) {
    return type.typeId() == Type.TypeID.TIME;
  }

  private static NestedField plain(NestedField field) {
    return NestedField.from(field).ofType(Types.LongType.get()).build();
  }

  private static org.apache.parquet.schema.Type plain(org.apache.parquet.schema.Type type) {
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
