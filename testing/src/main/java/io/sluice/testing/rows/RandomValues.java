package io.sluice.testing.rows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Makes random values as {@link VectorValues} takes them. Lists and maps have few elements, often
 * none; what is optional is often null.
 */
public final class RandomValues {

  private static final int MOST_ELEMENTS = 4;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final Random random;

  public RandomValues(Random random) {
    this.random = random;
  }

  /** Returns rows of a schema's columns, by their names. */
  public List<Map<String, @Nullable Object>> rows(List<NestedField> columns, int count) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(struct(columns));
    }
    return rows;
  }

  /** Returns a field's value, null only if it is optional. */
  public @Nullable Object value(NestedField field) {
    return field.isOptional() && random.nextInt(4) == 0 ? null : value(field.type());
  }

  private Map<String, @Nullable Object> struct(List<NestedField> fields) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (NestedField field : fields) {
      values.put(field.name(), value(field));
    }
    return values;
  }

  private Object value(Type type) {
    return switch (type.typeId()) {
      case STRUCT -> struct(type.asStructType().fields());
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(MOST_ELEMENTS); i > 0; i--) {
          list.add(value(type.asListType().fields().get(0)));
        }
        yield list;
      }
      case MAP -> {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(MOST_ELEMENTS); i > 0; i--) {
          map.put(value(type.asMapType().fields().get(0)), value(type.asMapType().fields().get(1)));
        }
        yield map;
      }
      default -> leaf(type);
    };
  }

  private Object leaf(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean();
      case INTEGER, DATE -> (long) random.nextInt(1_000);
      case FLOAT -> (long) Float.floatToIntBits(random.nextInt(1_000) / 4f);
      case DOUBLE -> Double.doubleToLongBits(random.nextInt(1_000) / 4.0);
      case TIME -> random.nextLong(MICROS_PER_DAY);
      case LONG, TIMESTAMP, TIMESTAMP_NANO -> random.nextLong();
      case DECIMAL ->
          new BigDecimal(
              BigInteger.valueOf(random.nextInt(999_999_999)), ((Types.DecimalType) type).scale());
      case STRING -> "é".repeat(random.nextInt(4)) + random.nextInt(100);
      case UUID -> bytes(16);
      case FIXED -> bytes(((Types.FixedType) type).length());
      default -> bytes(random.nextInt(6));
    };
  }

  private ByteBuffer bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
