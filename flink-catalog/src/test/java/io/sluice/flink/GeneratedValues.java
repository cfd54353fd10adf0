package io.sluice.flink;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Values of few kinds, so that filters find some, and what SQL calls them. */
final class GeneratedValues {

  private static final List<String> STRINGS =
      List.of(
          "",
          "a",
          "ab",
          "abc",
          "a_c",
          "a%",
          "b",
          "\u00e4",
          "\ud83d\ude00",
          "ab ",
          "long".repeat(9));

  private final Random random;

  GeneratedValues(Random random) {
    this.random = random;
  }

  /** Returns a row of some columns, some of which may be left out if they are null. */
  Map<String, Object> row(List<NestedField> columns) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (NestedField column : columns) {
      Object value = value(column);
      if (value != null) {
        row.put(column.name(), value);
      }
    }
    return row;
  }

  private @Nullable Object value(NestedField field) {
    return field.isOptional() && random.nextInt(5) == 0 ? null : value(field.type());
  }

  private Object value(Type type) {
    int n = random.nextInt(12) - 3;
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean();
      case INTEGER -> random.nextInt(20) == 0 ? Integer.MAX_VALUE : n;
      case LONG -> random.nextInt(20) == 0 ? 5_000_000_000L : (long) n;
      case FLOAT -> (float) number(n);
      case DOUBLE -> number(n);
      case DECIMAL -> new BigDecimal(n * 25).movePointLeft(((Types.DecimalType) type).scale());
      case DATE -> LocalDate.of(2026, 1, 10).plusDays(n);
      case TIME -> LocalTime.of(12, 0).plusNanos(n * 500_000_000L);
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? Instant.parse("2026-01-10T00:00:00Z").plusSeconds(n * 7_200L).plusNanos(nanos())
              : LocalDateTime.of(2026, 1, 10, 0, 0).plusHours(n).plusNanos(nanos());
      case STRING -> STRINGS.get(random.nextInt(STRINGS.size()));
      case UUID -> new UUID(n, n);
      case FIXED, BINARY -> new byte[] {(byte) n, 1, 2};
      case STRUCT -> row(type.asStructType().fields());
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(type.asListType().fields().get(0)));
        }
        yield list;
      }
      default -> throw new AssertionError(type);
    };
  }

  private int nanos() {
    return random.nextInt(3) * 1_000;
  }

  private double number(int n) {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> -0.0;
      case 2 -> 0.0;
      case 3 -> 0.1f;
      default -> n / 2.0;
    };
  }

  /** Returns a literal to compare values of a type with, or null if SQL has none. */
  @Nullable String literal(Type type) {
    int n = random.nextInt(14) - 4;
    return switch (type.typeId()) {
      case BOOLEAN -> random.nextBoolean() ? "TRUE" : "FALSE";
      case INTEGER, LONG -> random.nextInt(8) == 0 ? "5000000000" : Integer.toString(n);
      case FLOAT, DOUBLE ->
          switch (random.nextInt(5)) {
            case 0 -> "0.1";
            case 1 -> "CAST(" + n / 2.0 + " AS FLOAT)";
            case 2 -> "CAST('" + n / 2.0 + "' AS DOUBLE)";
            case 3 -> "0";
            default -> Double.toString(n / 2.0);
          };
      case DECIMAL -> random.nextInt(4) == 0 ? "1.005" : new BigDecimal(n).toString();
      case DATE -> "DATE '" + LocalDate.of(2026, 1, 10).plusDays(n) + "'";
      case TIME -> "TIME '12:00:0" + Math.abs(n) % 10 + "'";
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC()
              ? "TO_TIMESTAMP_LTZ(" + (1_768_003_200_000L + n * 7_200_000L) + ", 3)"
              : "TIMESTAMP '2026-01-10 "
                  + (n < 0 ? "00:00:00'" : LocalTime.of(n, 0, 0, 1_000) + "'");
      case STRING -> "'" + STRINGS.get(random.nextInt(STRINGS.size())) + "'";
      case BINARY -> "x'0" + Math.abs(n) % 10 + "0102'";
      default -> null;
    };
  }
}
