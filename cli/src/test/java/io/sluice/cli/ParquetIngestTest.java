package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class ParquetIngestTest {

  @Test
  void structsOfAnyDepthAreMapsByName() {
    Schema schema =
        ArrowSchemas.numbered(
            List.of(
                NestedField.optional(1, "id", Types.LongType.get()),
                NestedField.optional(
                    2, "stops", ArrowSchemas.parseType("list<struct<gate: string, late: int>>")),
                NestedField.optional(
                    3, "fares", ArrowSchemas.parseType("map<string, struct<x: list<int>>>"))));
    Types.StructType stop = schema.findType("stops").asListType().elementType().asStructType();
    Types.StructType fare = schema.findType("fares").asMapType().valueType().asStructType();
    GenericRecord record = GenericRecord.create(schema);
    record.setField(
        "stops",
        Arrays.asList(GenericRecord.create(stop).copy(Map.of("gate", "A", "late", 3)), null));
    Map<String, Object> fares = new HashMap<>();
    fares.put("EWR", GenericRecord.create(fare).copy(Map.of("x", List.of(1, 2))));
    fares.put("JFK", null);
    record.setField("fares", fares);

    Map<String, Object> expected = new HashMap<>();
    expected.put("EWR", Map.of("x", List.of(1, 2)));
    expected.put("JFK", null);
    assertThat(ParquetIngest.values(schema, record))
        .isEqualTo(
            Map.of(
                "stops", Arrays.asList(Map.of("gate", "A", "late", 3), null), "fares", expected));
  }
}
