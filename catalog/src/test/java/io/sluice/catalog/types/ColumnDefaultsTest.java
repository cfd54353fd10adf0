package io.sluice.catalog.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnDefaultsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          boolean|true|true
          int|-5|-5
          long|9007199254740993|9007199254740993
          float|0.5|0.5
          double|1e300|1.0E300
          decimal(9, 2)|"-12.50"|-12.50
          date|"2026-11-29"|20786
          time|"22:31:08.123456"|81068123456
          timestamp|"2026-11-29T22:31:08.000001"|2026-11-29T22:31:08.000001
          timestamptz|"2026-11-29T22:31:08.000001+00:00"|1795991468000001
          timestamp_ns|"2026-11-29T22:31:08.000000001"|2026-11-29T22:31:08.000000001
          timestamptz_ns|"2026-11-29T22:31:08.000000001+00:00"|1795991468000000001
          string|"grün"|grün
          uuid|"f79c3e09-677c-4bbd-a479-3f349cb785e7"|f79c3e09677c4bbda4793f349cb785e7
          fixed[3]|"00FF7A"|00ff7a
          binary|"7A"|7a
          """)
  void aColumnIsFilledWithItsDefaultOfAnyType(String name, String json, String shown)
      throws Exception {
    Type type = ArrowSchemas.parseType(name);
    Literal<?> value = Objects.requireNonNull(ColumnDefaults.parse(type, JSON.readTree(json)));
    assertThat(JSON.readTree(ColumnDefaults.toJson(type, value.value())))
        .isEqualTo(JSON.readTree(json));
    Schema before = new Schema(NestedField.optional(1, "id", Types.IntegerType.get()));
    Schema after =
        new Schema(
            NestedField.optional("added").withId(2).ofType(type).withInitialDefault(value).build(),
            NestedField.optional(1, "id", Types.IntegerType.get()));
    assertThat(SchemaParser.fromJson(SchemaParser.toJson(after)).asStruct())
        .isEqualTo(after.asStruct());
    try (BufferAllocator allocator = new RootAllocator()) {
      VectorSchemaRoot old = VectorSchemaRoot.create(ArrowSchemas.of(before), allocator);
      old.allocateNew();
      old.setRowCount(1_000);
      try (VectorSchemaRoot rows =
          Promotion.project(old, new int[] {-1, 0}, ArrowSchemas.of(after), allocator)) {
        FieldVector added = rows.getVector(0);
        for (int row = 0; row < 1_000; row++) {
          assertThat(shown(added.getObject(row))).isEqualTo(shown);
        }
        added.validateFull();
        assertThat(rows.getVector(1).getNullCount()).isEqualTo(1_000);
      }
    }
  }

  private static String shown(Object value) {
    if (value instanceof byte[] bytes) {
      return java.util.HexFormat.of().formatHex(bytes);
    }
    return value.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int|\"5\"",
        "int|2147483648",
        "date|\"now\"",
        "uuid|\"x\"",
        "fixed[2]|\"00\"",
        "float|1e39",
        "double|1e400",
        "double|-1e400",
        "decimal(4, 2)|\"123.45\""
      })
  void whatIsNoValueOfTheTypeIsRefused(String both) throws Exception {
    int bar = both.indexOf('|');
    JsonNode json = JSON.readTree(both.substring(bar + 1));
    assertThatThrownBy(
            () -> ColumnDefaults.parse(ArrowSchemas.parseType(both.substring(0, bar)), json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no value of type");
  }
}
