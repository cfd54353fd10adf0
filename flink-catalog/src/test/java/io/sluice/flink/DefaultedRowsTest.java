package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import io.sluice.catalog.types.Promotion;
import io.sluice.flink.lake.LakeTable;
import io.sluice.flink.read.LogRows;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

/** Rows from before columns with defaults were added. */
class DefaultedRowsTest {

  private static final Map<String, String> DEFAULTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("boolean", "true"),
              Map.entry("int", "-5"),
              Map.entry("long", "9007199254740993"),
              Map.entry("float", "0.5"),
              Map.entry("double", "-1e300"),
              Map.entry("decimal(9, 2)", "\"-12.50\""),
              Map.entry("decimal(30, 2)", "\"12345678901234567890.25\""),
              Map.entry("date", "\"2026-11-29\""),
              Map.entry("time", "\"22:31:08.123\""),
              Map.entry("timestamp", "\"2026-11-29T22:31:08.000001\""),
              Map.entry("timestamptz", "\"2026-11-29T22:31:08.000001+00:00\""),
              Map.entry("timestamp_ns", "\"2026-11-29T22:31:08.000000001\""),
              Map.entry("timestamptz_ns", "\"2026-11-29T22:31:08.000000001+00:00\""),
              Map.entry("string", "\"gr\u00fcn\""),
              Map.entry("uuid", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\""),
              Map.entry("fixed[3]", "\"00FF7A\""),
              Map.entry("binary", "\"7A\"")));

  @Test
  void theyHaveTheDefaultsOfAllTypesFromLogAndLakeWhateverIsFiltered() throws Exception {
    Schema before = new Schema(NestedField.optional(1, "id", Types.IntegerType.get()));
    try (LakeTable lake = new LakeTable(before);
        BufferAllocator allocator = new RootAllocator()) {
      lake.append(
          IntStream.range(0, 5).mapToObj(i -> (RowData) GenericRowData.of(i)).toList(), null);
      UpdateSchema update = lake.table().updateSchema();
      for (Map.Entry<String, String> one : DEFAULTS.entrySet()) {
        Type type = ArrowSchemas.parseType(one.getKey());
        update.addColumn(one.getKey(), type, literal(type, one.getValue()));
      }
      update.commit();
      Schema now = lake.table().schema();
      RowType type = (RowType) FlinkTypes.flinkType(now.asStruct(), false);
      List<RowData> fromLog = fromLog(before, now, allocator);
      assertThat(NestedRows.plain(type, lake.rows())).isEqualTo(NestedRows.plain(type, fromLog));
      assertThat(fromLog.get(4).isNullAt(now.columns().size() - 1)).isFalse();
      for (Map.Entry<String, String> one : DEFAULTS.entrySet()) {
        Object value = literal(ArrowSchemas.parseType(one.getKey()), one.getValue()).value();
        // Nanoseconds in an expression are Iceberg's own affair.
        if (!one.getKey().endsWith("_ns")) {
          assertThat(lake.rows(now, List.of(Expressions.equal(one.getKey(), value))))
              .as(one.getKey())
              .hasSize(5);
        }
        assertThat(lake.rows(now, List.of(Expressions.notNull(one.getKey())))).hasSize(5);
      }
    }
  }

  private static Literal<?> literal(Type type, String json) throws Exception {
    return Objects.requireNonNull(ColumnDefaults.parse(type, new ObjectMapper().readTree(json)));
  }

  private static List<RowData> fromLog(Schema before, Schema now, BufferAllocator allocator) {
    VectorSchemaRoot old = VectorSchemaRoot.create(ArrowSchemas.of(before), allocator);
    for (int i = 0; i < 5; i++) {
      ((IntVector) old.getVector(0)).setSafe(i, i);
    }
    old.setRowCount(5);
    int[] places = IntStream.range(0, now.columns().size()).map(i -> i == 0 ? 0 : -1).toArray();
    try (VectorSchemaRoot batch = Promotion.project(old, places, ArrowSchemas.of(now), allocator)) {
      return LogRows.of(batch);
    }
  }
}
