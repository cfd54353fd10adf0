package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Iceberg's primitive types as Arrow's canonical ones, and back.
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
 * </pre>
 *
 * A field's metadata holds its Iceberg id under {@value #FIELD_ID}, and {@value #ICEBERG_TYPE}
 * where Arrow's type alone doesn't say which Iceberg type it was. Optional columns are nullable.
 */
public final class ArrowSchemas {

  /** Key of the Iceberg field id in a field's metadata, as PyArrow and Parquet know it. */
  public static final String FIELD_ID = "PARQUET:field_id";

  /** Key of the Iceberg type in a field's metadata; only there for {@code uuid}. */
  public static final String ICEBERG_TYPE = "iceberg.type";

  private static final String UTC = "UTC";

  /**
   * Returns a schema's canonical Arrow form, columns in the same order.
   *
   * @throws IllegalArgumentException if a column's type has none; the message names it
   */
  public static org.apache.arrow.vector.types.pojo.Schema of(Schema schema) {
    return new org.apache.arrow.vector.types.pojo.Schema(
        schema.columns().stream().map(ArrowSchemas::field).toList());
  }

  /** Returns a column's canonical Arrow field. */
  public static Field field(NestedField column) {
    ArrowType type;
    try {
      type = type(column.type());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("column '" + column.name() + "': " + e.getMessage(), e);
    }
    String id = Integer.toString(column.fieldId());
    Map<String, String> metadata =
        column.type().typeId() == Type.TypeID.UUID
            ? Map.of(FIELD_ID, id, ICEBERG_TYPE, "uuid")
            : Map.of(FIELD_ID, id);
    return new Field(
        column.name(), new FieldType(column.isOptional(), type, null, metadata), List.of());
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
      default -> throw new IllegalArgumentException("type " + type + " is not supported");
    };
  }

  /**
   * Returns the Iceberg schema of an Arrow schema, with ids from 1 in order, or those that all its
   * fields carry. Types that are wider or narrower spellings of a canonical one (large strings,
   * views, dictionaries, small integers, coarser times) become that one.
   *
   * @throws IllegalArgumentException if a field's type has no equal; the message names it
   */
  public static Schema toIceberg(org.apache.arrow.vector.types.pojo.Schema schema) {
    return FromArrow.schema(schema);
  }

  /**
   * Parses the name of a type as Iceberg writes it, such as {@code long}, {@code decimal(9, 2)} or
   * {@code timestamptz}; case doesn't matter.
   *
   * @throws IllegalArgumentException if it is none of the primitive types; the message lists them
   */
  public static Type parseType(String name) {
    return TypeNames.parse(name);
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
