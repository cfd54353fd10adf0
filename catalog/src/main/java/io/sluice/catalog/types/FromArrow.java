package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Arrow's types as the Iceberg types that hold all their values. */
final class FromArrow {

  private final boolean withIds;
  private int lastId;

  private FromArrow(boolean withIds) {
    this.withIds = withIds;
  }

  static Schema schema(org.apache.arrow.vector.types.pojo.Schema schema) {
    boolean withIds = schema.getFields().stream().allMatch(FromArrow::hasIds);
    List<NestedField> columns = new FromArrow(withIds).fields(schema.getFields());
    return withIds ? new Schema(columns) : ArrowSchemas.numbered(columns);
  }

  private static boolean hasIds(Field field) {
    List<Field> children =
        field.getType() instanceof ArrowType.Map && field.getChildren().size() == 1
            ? field.getChildren().get(0).getChildren()
            : field.getChildren();
    return field.getMetadata().containsKey(ArrowSchemas.FIELD_ID)
        && children.stream().allMatch(FromArrow::hasIds);
  }

  private List<NestedField> fields(List<Field> fields) {
    List<NestedField> converted = new ArrayList<>();
    for (Field field : fields) {
      converted.add(
          NestedField.builder()
              .withId(id(field))
              .withName(field.getName())
              .isOptional(field.isNullable())
              .ofType(type(field))
              .build());
    }
    return converted;
  }

  private int id(Field field) {
    String id = field.getMetadata().get(ArrowSchemas.FIELD_ID);
    return withIds && id != null ? Integer.parseInt(id) : ++lastId;
  }

  private Type type(Field field) {
    Type nested = nested(field);
    return nested != null ? nested : primitive(field);
  }

  private @Nullable Type nested(Field field) {
    ArrowType type = field.getType();
    List<Field> children = field.getChildren();
    if (type instanceof ArrowType.Struct) {
      return Types.StructType.of(fields(children));
    }
    boolean list =
        type instanceof ArrowType.List
            || type instanceof ArrowType.LargeList
            || type instanceof ArrowType.FixedSizeList
            || type instanceof ArrowType.ListView
            || type instanceof ArrowType.LargeListView;
    if (list && children.size() == 1) {
      Field element = children.get(0);
      int id = id(element);
      return element.isNullable()
          ? Types.ListType.ofOptional(id, type(element))
          : Types.ListType.ofRequired(id, type(element));
    }
    List<Field> entry = children.size() == 1 ? children.get(0).getChildren() : List.of();
    if (type instanceof ArrowType.Map && entry.size() == 2) {
      Field key = entry.get(0);
      Field value = entry.get(1);
      int keyId = id(key);
      int valueId = id(value);
      return value.isNullable()
          ? Types.MapType.ofOptional(keyId, valueId, type(key), type(value))
          : Types.MapType.ofRequired(keyId, valueId, type(key), type(value));
    }
    return null;
  }

  /** Returns the type of a field that has none within it. */
  static Type primitive(Field field) {
    ArrowType arrow = field.getType();
    Type type = null;
    if (arrow instanceof ArrowType.Bool) {
      type = Types.BooleanType.get();
    } else if (arrow instanceof ArrowType.Int integer) {
      type = integer(integer);
    } else if (arrow instanceof ArrowType.FloatingPoint number) {
      type =
          number.getPrecision() == FloatingPointPrecision.DOUBLE
              ? Types.DoubleType.get()
              : Types.FloatType.get();
    } else if (arrow instanceof ArrowType.Decimal decimal) {
      type = decimal(decimal);
    } else if (arrow instanceof ArrowType.Utf8
        || arrow instanceof ArrowType.LargeUtf8
        || arrow instanceof ArrowType.Utf8View) {
      type = Types.StringType.get();
    } else if (arrow instanceof ArrowType.Binary
        || arrow instanceof ArrowType.LargeBinary
        || arrow instanceof ArrowType.BinaryView) {
      type = Types.BinaryType.get();
    } else if (arrow instanceof ArrowType.FixedSizeBinary fixed) {
      type = fixed(field, fixed);
    } else if (arrow instanceof ArrowType.Date) {
      type = Types.DateType.get();
    } else if (arrow instanceof ArrowType.Time time && time.getUnit() != TimeUnit.NANOSECOND) {
      type = Types.TimeType.get();
    } else if (arrow instanceof ArrowType.Timestamp timestamp) {
      type = timestamp(timestamp);
    }
    if (type == null) {
      throw new IllegalArgumentException(
          "column '" + field.getName() + "': Arrow type " + arrow + " is not supported");
    }
    return type;
  }

  private static Type integer(ArrowType.Int integer) {
    int signedBits = integer.getIsSigned() ? integer.getBitWidth() : integer.getBitWidth() * 2;
    if (signedBits <= 32) {
      return Types.IntegerType.get();
    }
    // Unsigned longs don't fit a long.
    return signedBits <= 64 ? Types.LongType.get() : Types.DecimalType.of(20, 0);
  }

  private static @Nullable Type decimal(ArrowType.Decimal decimal) {
    boolean fits =
        decimal.getPrecision() <= 38
            && decimal.getScale() >= 0
            && decimal.getScale() <= decimal.getPrecision();
    return fits ? Types.DecimalType.of(decimal.getPrecision(), decimal.getScale()) : null;
  }

  private static Type fixed(Field field, ArrowType.FixedSizeBinary fixed) {
    boolean uuid =
        fixed.getByteWidth() == 16
            && ("uuid".equals(field.getMetadata().get(ArrowSchemas.ICEBERG_TYPE))
                || "arrow.uuid".equals(field.getMetadata().get("ARROW:extension:name")));
    return uuid ? Types.UUIDType.get() : Types.FixedType.ofLength(fixed.getByteWidth());
  }

  private static Type timestamp(ArrowType.Timestamp timestamp) {
    boolean zoned = timestamp.getTimezone() != null && !timestamp.getTimezone().isEmpty();
    if (timestamp.getUnit() == TimeUnit.NANOSECOND) {
      return zoned ? Types.TimestampNanoType.withZone() : Types.TimestampNanoType.withoutZone();
    }
    return zoned ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
  }
}
