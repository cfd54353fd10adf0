package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's types as Arrow's canonical ones, and back.
 *
 * <pre>
 * boolean        Bool                     timestamp       Timestamp(us)
 * int            Int(32, signed)          timestamptz     Timestamp(us, "UTC")
 * long           Int(64, signed)          timestamp_ns    Timestamp(ns)
 * float          FloatingPoint(SINGLE)    timestamptz_ns  Timestamp(ns, "UTC")
 * double         FloatingPoint(DOUBLE)    string          Utf8
 * decimal(p, s)  Decimal(p, s, 128)       uuid            FixedSizeBinary(16)
 * date           Date(DAY)                fixed(L)        FixedSizeBinary(L)
 * time           Time(us, 64)             binary          Binary
 * list           List(element)            struct          Struct(its fields)
 * map            Map(entries: Struct(key, value), keys in any order)
 * </pre>
 *
 * A field's metadata holds its Iceberg id under {@value #FIELD_ID}, and {@value #ICEBERG_TYPE}
 * where Arrow's type alone doesn't say which Iceberg type it was, and its {@link
 * ColumnDefaults#INITIAL} if it has one. So do fields within others, but for a map's entries, which
 * Iceberg has no field for. Optional fields are nullable.
 *
 * <p>Arrow's vectors call what is in a list {@code $data$}, whatever their schema calls it: fields
 * are compared by {@link #sameForm}.
 */
public final class ArrowSchemas {

  /** Key of the Iceberg field id in a field's metadata, as PyArrow and Parquet know it. */
  public static final String FIELD_ID = "PARQUET:field_id";

  /** Key of the Iceberg type in a field's metadata; only there for {@code uuid}. */
  public static final String ICEBERG_TYPE = "iceberg.type";

  private static final String UTC = "UTC";
  private static final String ELEMENT = "element";

  /**
   * Returns a schema's canonical Arrow form, columns in the same order.
   *
   * @throws IllegalArgumentException if a column's type has none; the message names it
   */
  public static org.apache.arrow.vector.types.pojo.Schema of(Schema schema) {
    return new org.apache.arrow.vector.types.pojo.Schema(
        schema.columns().stream().map(column -> field(column)).toList());
  }

  /**
   * Returns a column's canonical Arrow field.
   *
   * @throws IllegalArgumentException if its type has none; the message names the column
   */
  public static Field field(NestedField column) {
    try {
      return field(column.name(), column);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("column '" + column.name() + "': " + e.getMessage(), e);
    }
  }

  private static Field field(String name, NestedField field) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put(FIELD_ID, Integer.toString(field.fieldId()));
    if (field.type().typeId() == Type.TypeID.UUID) {
      metadata.put(ICEBERG_TYPE, "uuid");
    }
    @Nullable Object initial = field.initialDefault();
    if (initial != null) {
      metadata.put(ColumnDefaults.INITIAL, ColumnDefaults.toJson(field.type(), initial));
    }
    return new Field(
        name,
        new FieldType(field.isOptional(), type(field.type()), null, metadata),
        children(field.type()));
  }

  private static List<Field> children(Type type) {
    return switch (type.typeId()) {
      case STRUCT -> fields(type.asStructType().fields());
      case LIST -> List.of(field(ELEMENT, type.asListType().fields().get(0)));
      case MAP ->
          List.of(
              new Field(
                  MapVector.DATA_VECTOR_NAME,
                  FieldType.notNullable(ArrowType.Struct.INSTANCE),
                  fields(type.asMapType().fields())));
      default -> List.of();
    };
  }

  private static List<Field> fields(List<NestedField> fields) {
    return fields.stream().map(field -> field(field.name(), field)).toList();
  }

  /**
   * Returns whether two canonical fields are of the same type, ids, names and nullability, whatever
   * they call what is in a list.
   */
  public static boolean sameForm(Field one, Field other) {
    return one.getName().equals(other.getName()) && sameValues(one, other);
  }

  private static boolean sameValues(Field one, Field other) {
    List<Field> children = one.getChildren();
    if (!one.getFieldType().equals(other.getFieldType())
        || children.size() != other.getChildren().size()) {
      return false;
    }
    boolean list = one.getType() instanceof ArrowType.List;
    for (int i = 0; i < children.size(); i++) {
      Field child = other.getChildren().get(i);
      if (list ? !sameValues(children.get(i), child) : !sameForm(children.get(i), child)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the canonical Arrow type of an Iceberg type.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static ArrowType type(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case INTEGER -> new ArrowType.Int(32, true);
      case LONG -> new ArrowType.Int(64, true);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield new ArrowType.Decimal(decimal.precision(), decimal.scale(), 128);
      }
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case TIME -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
      case TIMESTAMP ->
          timestamp(TimeUnit.MICROSECOND, type.equals(Types.TimestampType.withZone()));
      case TIMESTAMP_NANO ->
          timestamp(TimeUnit.NANOSECOND, type.equals(Types.TimestampNanoType.withZone()));
      case STRING -> ArrowType.Utf8.INSTANCE;
      case UUID -> new ArrowType.FixedSizeBinary(16);
      case FIXED -> new ArrowType.FixedSizeBinary(((Types.FixedType) type).length());
      case BINARY -> ArrowType.Binary.INSTANCE;
      case STRUCT -> ArrowType.Struct.INSTANCE;
      case LIST -> ArrowType.List.INSTANCE;
      case MAP -> new ArrowType.Map(false);
      default -> throw new IllegalArgumentException("type " + type + " is not supported");
    };
  }

  /**
   * Returns the Iceberg schema of an Arrow schema, with the ids that all its fields carry, or else
   * with {@link #numbered new ones}. Types that are wider or narrower spellings of a canonical one
   * (large strings, views, dictionaries, small integers, coarser times, lists of other layouts)
   * become that one.
   *
   * @throws IllegalArgumentException if a field's type has no equal; the message names it
   */
  public static Schema toIceberg(org.apache.arrow.vector.types.pojo.Schema schema) {
    return FromArrow.schema(schema);
  }

  /**
   * Returns a schema of columns with new ids: the columns' from 1 in order, then those of fields
   * within them.
   *
   * @param columns their ids, and those within, are ignored
   */
  public static Schema numbered(List<NestedField> columns) {
    AtomicInteger last = new AtomicInteger();
    Type fresh = TypeUtil.assignFreshIds(Types.StructType.of(columns), last::incrementAndGet);
    return new Schema(fresh.asStructType().fields());
  }

  /**
   * Parses the text of a type: the name of a primitive one as Iceberg writes it, such as {@code
   * long}, {@code decimal(9, 2)} or {@code timestamptz}, or one of
   *
   * <pre>{@code
   * list<int>   list<string not null>   map<string, double>   map<long, date not null>
   * struct<street: string not null, `house no`: int comment 'from 1', geo: struct<x: double>>
   * }</pre>
   *
   * Case doesn't matter but for the names of fields. Everything is optional that isn't {@code not
   * null}; a map's keys never are.
   *
   * @return fields within it have ids from 1, each another
   * @throws IllegalArgumentException if it is none; the message says where, or lists them
   */
  public static Type parseType(String text) {
    return new TypeParser(text).parse();
  }

  /** Returns the text that {@link #parseType} takes for a type; ids aren't in it. */
  public static String typeText(Type type) {
    return TypeText.of(type);
  }

  /** Returns the names of all types that {@link #parseType} takes. */
  public static List<String> typeNames() {
    return new ArrayList<>(TypeNames.NAMES);
  }

  private static ArrowType timestamp(TimeUnit unit, boolean zoned) {
    return new ArrowType.Timestamp(unit, zoned ? UTC : null);
  }

  private ArrowSchemas() {}
}
