package io.sluice.catalog.types;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.SingleValueParser;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What columns have where rows have nothing, of Iceberg's format version 3: the initial default in
 * rows from before the column was added, the write default in rows whose writer left it out. A null
 * that was written stays one.
 */
public final class ColumnDefaults {

  /** Key of the initial default in a field's metadata, as Iceberg's JSON of single values. */
  public static final String INITIAL = "iceberg.initial-default";

  /**
   * Reads a value of a primitive type.
   *
   * @param json as Iceberg's <a
   *     href="https://iceberg.apache.org/spec/#json-single-value-serialization">JSON of single
   *     values</a> has it; null or JSON's null for none
   * @throws IllegalArgumentException if it isn't a value of the type; the message has both
   */
  public static @Nullable Literal<?> parse(Type type, @Nullable JsonNode json) {
    if (json == null || json.isNull()) {
      return null;
    }
    if (!type.isPrimitiveType()) {
      throw new IllegalArgumentException(
          "a default is of a primitive type, not of " + ArrowSchemas.typeText(type));
    }
    Object value;
    try {
      value = SingleValueParser.fromJson(type, json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the default %s is no value of type %s: %s".formatted(json, type, e.getMessage()), e);
    }
    // From a long, Iceberg would take nanoseconds for microseconds.
    Literal<?> literal =
        type.typeId() == TypeID.TIMESTAMP_NANO
            ? Literal.of(json.textValue()).to(type)
            : Expressions.lit(value).to(type);
    if (literal == null || !literal.value().equals(value)) {
      throw new IllegalArgumentException("Iceberg has no default " + json + " of type " + type);
    }
    if (!isWithin(type, value)) {
      throw new IllegalArgumentException(
          "the default %s is no value of type %s: it is beyond it".formatted(json, type));
    }
    return literal;
  }

  /**
   * Returns whether a default is one that Iceberg can load again, and vectors can hold: it writes
   * numbers that aren't finite as text that it refuses, and takes decimals of any precision.
   *
   * @param value in Iceberg's Java form; null is no default
   */
  public static boolean isWithin(Type type, @Nullable Object value) {
    if (value == null) {
      return true;
    }
    return switch (type.typeId()) {
      case FLOAT -> Float.isFinite((Float) value);
      case DOUBLE -> Double.isFinite((Double) value);
      case DECIMAL -> ((BigDecimal) value).precision() <= ((Types.DecimalType) type).precision();
      default -> true;
    };
  }

  /** Returns a value's JSON, as {@link #parse} reads it. */
  public static String toJson(Type type, Object value) {
    return SingleValueParser.toJson(type, value);
  }

  /**
   * Fills an empty vector with what rows from before have in its column: its initial default, or
   * nulls.
   */
  static void fillMissing(FieldVector vector, int rows) {
    Field field = vector.getField();
    String initial = field.getMetadata().get(INITIAL);
    if (initial == null) {
      vector.allocateNew();
      vector.setValueCount(rows);
    } else {
      Type type = FromArrow.primitive(field);
      fill(vector, type, SingleValueParser.fromJson(type, initial), rows);
    }
  }

  /**
   * Fills an empty vector with one value.
   *
   * @param vector of the canonical Arrow type of {@code type}
   * @param value in Iceberg's Java form
   */
  public static void fill(FieldVector vector, Type type, Object value, int rows) {
    vector.setInitialCapacity(rows);
    vector.allocateNew();
    for (int row = 0; row < rows; row++) {
      set(vector, row, type, value);
    }
    vector.setValueCount(rows);
  }

  /**
   * Sets a row of a vector, which grows if it must.
   *
   * @param vector of the canonical Arrow type of {@code type}
   * @param value in Iceberg's Java form
   */
  public static void set(FieldVector vector, int row, Type type, Object value) {
    switch (type.typeId()) {
      case BOOLEAN -> ((BitVector) vector).setSafe(row, (Boolean) value ? 1 : 0);
      case INTEGER -> ((IntVector) vector).setSafe(row, (Integer) value);
      case DATE -> ((DateDayVector) vector).setSafe(row, (Integer) value);
      case LONG -> ((BigIntVector) vector).setSafe(row, (Long) value);
      case FLOAT -> ((Float4Vector) vector).setSafe(row, (Float) value);
      case DOUBLE -> ((Float8Vector) vector).setSafe(row, (Double) value);
      case TIME -> ((TimeMicroVector) vector).setSafe(row, (Long) value);
      case TIMESTAMP, TIMESTAMP_NANO -> ((TimeStampVector) vector).setSafe(row, (Long) value);
      case DECIMAL ->
          ((DecimalVector) vector)
              .setSafe(row, ((BigDecimal) value).setScale(((Types.DecimalType) type).scale()));
      case STRING ->
          ((VarCharVector) vector).setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
      case BINARY -> ((VarBinaryVector) vector).setSafe(row, bytes((ByteBuffer) value));
      case FIXED -> ((FixedSizeBinaryVector) vector).setSafe(row, bytes((ByteBuffer) value));
      case UUID -> {
        UUID uuid = (UUID) value;
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        ((FixedSizeBinaryVector) vector).setSafe(row, bytes.array());
      }
      default -> throw new IllegalStateException("there are no defaults of type " + type);
    }
  }

  private static byte[] bytes(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return bytes;
  }

  private ColumnDefaults() {}
}
