package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.flink.FlinkTypes;
import io.sluice.flink.read.LogRows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryArrayData;
import org.apache.flink.table.data.binary.BinaryMapData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowColumnsTest {

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void close() {
    allocator.close();
  }

  @Test
  void whatMayNotBeNullIsToldByItsPath() {
    refused("column 'c' is NOT NULL, got null", schema("int", true), (Object) null);
    refused(
        "column 'c.b' is NOT NULL",
        schema("struct<a: int, b: int not null>", false),
        GenericRowData.of(1, null));
    refused(
        "column 'c.element' is NOT NULL",
        schema("list<int not null>", false),
        new GenericArrayData(new @Nullable Object[] {1, null}));
    refused(
        "column 'c.value.element.x' is NOT NULL",
        schema("map<int, list<struct<x: int not null>>>", false),
        new GenericMapData(Map.of(1, new GenericArrayData(new Object[] {new GenericRowData(1)}))));
    refused(
        "column 'c.key' is NOT NULL, got null",
        schema("map<int, int>", false),
        new GenericMapData(nullKey()));
  }

  private static Map<@Nullable Object, Object> nullKey() {
    Map<@Nullable Object, Object> map = new LinkedHashMap<>();
    map.put(null, 1);
    return map;
  }

  @Test
  void noKeyIsTwiceInOneMap() {
    BinaryArrayData twice = BinaryArrayData.fromPrimitiveArray(new int[] {7, 8, 7});
    refused(
        "column 'c' is a map that has the key 7 twice",
        schema("map<int, int>", false),
        BinaryMapData.valueOf(twice, twice));
    Map<Object, Object> bytes = new LinkedHashMap<>();
    bytes.put(new byte[] {1}, 1);
    bytes.put(new byte[] {1}, 2);
    refused("has the key [1] twice", schema("map<binary, int>", false), new GenericMapData(bytes));
    Map<Object, Object> rows = new LinkedHashMap<>();
    rows.put(GenericRowData.of(1, new GenericArrayData(new int[] {1})), 1);
    rows.put(GenericRowData.of(1, new GenericArrayData(new Object[] {1})), 2);
    refused(
        "twice", schema("map<struct<a: int, b: list<int>>, int>", false), new GenericMapData(rows));
  }

  @Test
  void bytesOfAFixedLengthAreThatManyWithinOthersToo() {
    refused(
        "column 'c.element' takes exactly 3 bytes, not 2",
        schema("list<fixed(3)>", false),
        new GenericArrayData(new Object[] {new byte[2]}));
  }

  @Test
  void fieldsThatAreWiderOrNewAreWrittenForOneThatWasPlannedBefore() {
    Schema planned = schema("struct<a: int, b: float>", false);
    Schema now = schema("struct<new: string, b: double, a: long>", false);
    RowType type = (RowType) FlinkTypes.flinkType(planned.asStruct(), false);
    try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(now), allocator)) {
      SinkBatch.fill(
          batch,
          type,
          List.of(GenericRowData.of(GenericRowData.of(5, 0.5f)), new GenericRowData(1)));
      assertThat(LogRows.of(batch))
          .containsExactly(
              GenericRowData.of(GenericRowData.of(null, 0.5, 5L)), new GenericRowData(1));
    }
    assertThatThrownBy(() -> write(type, schema("struct<a: int>", false), new GenericRowData(1)))
        .hasMessageContaining("column 'c.b' is not in the table any more");
  }

  @Test
  void theBytesOfRowsAreCountedThoughTheLastOnesAreNull() {
    Schema schema = schema("list<string>", false);
    RowType type = (RowType) FlinkTypes.flinkType(schema.asStruct(), false);
    StringData text = StringData.fromString("x".repeat(1_000));
    GenericRowData row = GenericRowData.of(new GenericArrayData(new Object[] {text, text}));
    try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(schema), allocator)) {
      assertThat(SinkBatch.fill(batch, type, Arrays.asList(row, row, new GenericRowData(1))))
          .isBetween(4_000L, 4_100L);
      assertThat(SinkBatch.fill(batch, type, List.of(new GenericRowData(1)))).isLessThan(20);
    }
  }

  private void refused(String message, Schema schema, @Nullable Object value) {
    RowType type = (RowType) FlinkTypes.flinkType(schema.asStruct(), false);
    assertThatThrownBy(() -> write(type, schema, GenericRowData.of(value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private void write(RowType type, Schema schema, GenericRowData row) {
    try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(schema), allocator)) {
      SinkBatch.fill(batch, type, List.of(row));
    }
  }

  private static Schema schema(String type, boolean required) {
    NestedField column = NestedField.optional(1, "c", ArrowSchemas.parseType(type));
    return ArrowSchemas.numbered(List.of(required ? column.asRequired() : column));
  }
}
