package io.sluice.flink.read;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.jspecify.annotations.Nullable;

/** Literals of SQL as values of Iceberg's expressions, where that changes none of them. */
final class FilterValues {

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final int MICROS = 6;

  /**
   * Returns a literal as a value of a column.
   *
   * @param type of the column
   * @return null if the column can't have just that value
   */
  static @Nullable Object of(LogicalType type, ValueLiteralExpression literal) {
    LogicalType given = literal.getOutputDataType().getLogicalType();
    Optional<?> found = literal.getValueAs(given.getDefaultConversion());
    if (found.isEmpty()) {
      return null;
    }
    Object value = found.get();
    try {
      return switch (type.getTypeRoot()) {
        case BOOLEAN -> value instanceof Boolean ? value : null;
        case INTEGER, BIGINT -> exact(value, type.getDefaultConversion() == Integer.class);
        case DECIMAL -> decimal(value, (DecimalType) type);
        case FLOAT -> {
          BigDecimal number = floating(value);
          yield number != null && same(number, number.floatValue()) ? number.floatValue() : null;
        }
        case DOUBLE -> {
          BigDecimal number = floating(value);
          yield number != null && same(number, number.doubleValue()) ? number.doubleValue() : null;
        }
        case VARCHAR -> value instanceof String ? value : null;
        case VARBINARY -> value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : null;
        case DATE -> days(value);
        case TIME_WITHOUT_TIME_ZONE ->
            value instanceof LocalTime time ? micros(time.toNanoOfDay()) : null;
        case TIMESTAMP_WITHOUT_TIME_ZONE ->
            value instanceof LocalDateTime time
                ? micros(time.toInstant(ZoneOffset.UTC), type)
                : null;
        case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
            value instanceof Instant time ? micros(time, type) : null;
        default -> null;
      };
    } catch (ArithmeticException e) {
      // It has more digits than the column.
      return null;
    }
  }

  /**
   * Returns a whole number.
   *
   * @param isInt whether a column of ints is compared, each of which a double has exactly
   */
  private static @Nullable Long exact(Object value, boolean isInt) {
    if (value instanceof BigDecimal decimal) {
      return decimal.longValueExact();
    } else if (value instanceof Double number) {
      return isInt ? new BigDecimal(number).longValueExact() : null;
    }
    return isWhole(value) ? ((Number) value).longValue() : null;
  }

  private static boolean isWhole(Object value) {
    return value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long;
  }

  private static @Nullable BigDecimal decimal(Object value, DecimalType type) {
    if (!(value instanceof BigDecimal) && !isWhole(value)) {
      return null;
    }
    BigDecimal decimal =
        value instanceof BigDecimal given
            ? given
            : BigDecimal.valueOf(((Number) value).longValue());
    BigDecimal scaled = decimal.setScale(type.getScale(), RoundingMode.UNNECESSARY);
    return scaled.precision() > type.getPrecision() ? null : scaled;
  }

  private static @Nullable BigDecimal floating(Object value) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return Double.isFinite(number) ? new BigDecimal(number) : null;
    }
    return value instanceof BigDecimal decimal
        ? decimal
        : isWhole(value) ? BigDecimal.valueOf(((Number) value).longValue()) : null;
  }

  private static boolean same(BigDecimal number, double rounded) {
    return Double.isFinite(rounded) && new BigDecimal(rounded).compareTo(number) == 0;
  }

  /** A date is compared with a timestamp as its midnight. */
  private static @Nullable Integer days(Object value) {
    if (value instanceof LocalDateTime time) {
      return time.toLocalTime().equals(LocalTime.MIDNIGHT) ? days(time.toLocalDate()) : null;
    }
    return value instanceof LocalDate date ? Math.toIntExact(date.toEpochDay()) : null;
  }

  private static @Nullable Long micros(Instant time, LogicalType type) {
    if (LogicalTypeChecks.getPrecision(type) > MICROS) {
      return null;
    }
    Long fraction = micros(time.getNano());
    return fraction == null
        ? null
        : Math.addExact(Math.multiplyExact(time.getEpochSecond(), MICROS_PER_SECOND), fraction);
  }

  private static @Nullable Long micros(long nanos) {
    return nanos % NANOS_PER_MICRO == 0 ? nanos / NANOS_PER_MICRO : null;
  }

  private FilterValues() {}
}
