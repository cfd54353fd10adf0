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
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  private static final String NESTED =
      "struct<a: list<struct<x: int not null, at: timestamptz>>, m: map<uuid, list<string>>>";

  @Test
  void listsMapsAndStructsComeBackAsTheyWereSet() {
    Map<String, Object> stop = new LinkedHashMap<>();
    stop.put("x", 1);
    stop.put("at", Instant.EPOCH);
    Map<String, Object> unknown = new LinkedHashMap<>();
    unknown.put("x", 2);
    unknown.put("at", null);
    Map<Object, Object> names = new LinkedHashMap<>();
    names.put(new UUID(2, 1), Arrays.asList("b", null, "a"));
    names.put(new UUID(1, 1), List.of());
    names.put(new UUID(0, 1), null);
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("a", Arrays.asList(stop, null, unknown));
    whole.put("m", names);
    Map<String, Object> none = new LinkedHashMap<>();
    none.put("a", null);
    none.put("m", Map.of());
    Map<String, Object> row = new HashMap<>();
    row.put("v", Map.of("m", Map.of()));
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = nested(allocator)) {
      ArrowValues.fill(root, List.of(Map.of("v", whole), Map.of(), row, Map.of("v", whole)));
      FieldVector vector = root.getVector("v");
      for (int same : new int[] {0, 3}) {
        assertThat(ArrowValues.get(vector, same)).isEqualTo(whole);
        assertThat(ArrowValues.get(vector, same)).hasToString(whole.toString());
      }
      assertThat(ArrowValues.get(vector, 1)).isNull();
      assertThat(ArrowValues.get(vector, 2)).isEqualTo(none);
    }
  }

  @Test
  void aValueWithinAnotherIsRefusedByItsPath() {
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = nested(allocator)) {
      assertRefused(
          root,
          Map.of("v", Map.of("a", List.of(Map.of("x", "text")))),
          "row 0: String text doesn't fit column 'v.a.element.x'");
      assertRefused(
          root,
          Map.of("v", Map.of("a", List.of(Map.of()))),
          "row 0 has no value for the required column 'v.a.element.x'");
      assertRefused(
          root,
          Map.of("v", Map.of("m", Collections.singletonMap(null, List.of()))),
          "row 0 has no value for the required column 'v.m.key'");
      assertRefused(
          root,
          Map.of("v", Map.of("b", 1)),
          "row 0, column 'v' has a field 'b' that the table doesn't have");
      assertRefused(root, Map.of("v", List.of()), "doesn't fit column 'v' of type Struct");
    }
  }

  private static VectorSchemaRoot nested(RootAllocator allocator) {
    List<NestedField> columns =
        List.of(NestedField.optional(1, "v", ArrowSchemas.parseType(NESTED)));
    return VectorSchemaRoot.create(ArrowSchemas.of(ArrowSchemas.numbered(columns)), allocator);
  }

  private static void assertRefused(
      VectorSchemaRoot root, Map<String, Object> row, String message) {
    assertThatThrownBy(() -> ArrowValues.fill(root, List.of(row)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
