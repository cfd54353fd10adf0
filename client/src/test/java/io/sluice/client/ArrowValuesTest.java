package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.types.ArrowSchemas;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class ArrowValuesTest {

  private static final Map<String, List<Object>> VALUES = new HashMap<>();

  static {
    VALUES.put("boolean", List.of(true, false));
    VALUES.put("int", List.of(Integer.MIN_VALUE, Integer.MAX_VALUE));
    VALUES.put("long", List.of(Long.MIN_VALUE, Long.MAX_VALUE));
    VALUES.put("float", List.of(-0.0f, Float.NaN));
    VALUES.put("double", List.of(-0.0, Double.NaN));
    VALUES.put(
        "decimal(38, 2)", List.of(new BigDecimal("9".repeat(36) + ".99"), new BigDecimal("-0.01")));
    VALUES.put("date", List.of(LocalDate.of(-4000, 1, 1), LocalDate.of(9999, 12, 31)));
    VALUES.put("time", List.of(LocalTime.MIN, LocalTime.of(23, 59, 59, 999_999_000)));
    VALUES.put(
        "timestamp",
        List.of(LocalDateTime.of(1, 1, 1, 0, 0, 0, 1_000), LocalDateTime.of(9999, 1, 1, 0, 0)));
    VALUES.put("timestamptz", List.of(least(), most()));
    VALUES.put("string", List.of("", "\u00e4\ud83d\ude00"));
    VALUES.put("uuid", List.of(new UUID(0, 0), new UUID(-1, 1)));
    VALUES.put("fixed(3)", List.of(new byte[] {1, 2, 3}, new byte[3]));
    VALUES.put("binary", List.of(new byte[0], new byte[] {-1}));
  }

  private static Instant least() {
    return Instant.EPOCH.plus(Long.MIN_VALUE, ChronoUnit.MICROS);
  }

  private static Instant most() {
    return Instant.EPOCH.plus(Long.MAX_VALUE, ChronoUnit.MICROS);
  }

  @Test
  void everyValueComesBackAsItWasSet() {
    List<NestedField> fields = new ArrayList<>();
    for (String type : VALUES.keySet()) {
      fields.add(NestedField.optional(fields.size() + 1, type, ArrowSchemas.parseType(type)));
    }
    Map<String, Object> first = new HashMap<>();
    Map<String, Object> second = new HashMap<>();
    VALUES.forEach(
        (type, values) -> {
          first.put(type, values.get(0));
          second.put(type, values.get(1));
        });
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root =
            VectorSchemaRoot.create(ArrowSchemas.of(new Schema(fields)), allocator)) {
      ArrowValues.fill(root, List.of(first, Map.of(), second));
      for (FieldVector vector : root.getFieldVectors()) {
        List<Object> values = VALUES.getOrDefault(vector.getName(), List.of());
        assertThat(ArrowValues.get(vector, 0)).as(vector.getName()).isEqualTo(values.get(0));
        assertThat(ArrowValues.get(vector, 1)).as(vector.getName()).isNull();
        assertThat(ArrowValues.get(vector, 2)).as(vector.getName()).isEqualTo(values.get(1));
      }
    }
  }

  @Test
  void aValueThatDoesNotFitIsRefusedByRowAndColumn() {
    Schema schema = new Schema(NestedField.required(1, "n", Types.IntegerType.get()));
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowSchemas.of(schema), allocator)) {
      assertRefused(root, Map.of("n", "x"), "row 0: String x doesn't fit column 'n'");
      assertRefused(root, Map.of("n", 1L << 40), "doesn't fit column 'n'");
      assertRefused(root, Map.of("n", 1.5), "doesn't fit column 'n'");
      assertRefused(root, Map.of(), "required column 'n'");
      assertRefused(root, Map.of("m", 1), "a column 'm' that the table doesn't have");
    }
  }

  private static void assertRefused(
      VectorSchemaRoot root, Map<String, Object> row, String message) {
    assertThatThrownBy(() -> ArrowValues.fill(root, List.of(row)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
