package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.Promotion;
import io.sluice.flink.lake.LakeTable;
import io.sluice.flink.read.LogRows;
import io.sluice.flink.write.SinkBatch;
import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Rows that the sink wrote are the same from the log and from the lake. */
@Timeout(120)
class NestedRowsTest {

  private static final int ROWS = 200;

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void close() {
    allocator.close();
  }

  @TestFactory
  Stream<DynamicTest> rowsAreTheSameFromLogAndLake() {
    return Seeded.seeds(60, NestedRowsTest::check);
  }

  private static void check(Random random) throws Exception {
    NestedRows nested = new NestedRows(random);
    Schema columns = ArrowSchemas.numbered(nested.columns(random.nextInt(5)));
    try (LakeTable lake = new LakeTable(columns);
        BufferAllocator memory = new RootAllocator()) {
      Schema schema = lake.table().schema();
      RowType type = (RowType) FlinkTypes.flinkType(schema.asStruct(), false);
      List<RowData> rows = rows(nested, schema.asStruct());
      try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(schema), memory)) {
        for (List<RowData> some : List.of(rows.subList(0, 3), rows)) {
          long bytes = SinkBatch.fill(batch, type, serialized(type, some));
          assertThat(bytes).isBetween(0L, memory.getAllocatedMemory());
          assertSame(type, LogRows.of(batch), some);
        }
      }
      lake.append(rows, null);
      assertSame(type, lake.rows(), rows);
    }
  }

  private static List<RowData> rows(NestedRows nested, Types.StructType columns) {
    return Stream.generate(() -> (RowData) nested.row(columns)).limit(ROWS).toList();
  }

  /** Rows as they come from another task of Flink. */
  private static List<BinaryRowData> serialized(RowType type, List<RowData> rows) {
    RowDataSerializer serializer = new RowDataSerializer(type);
    return rows.stream().map(row -> serializer.toBinaryRow(row).copy()).toList();
  }

  private static void assertSame(RowType type, List<RowData> read, List<RowData> wanted) {
    assertThat(NestedRows.plain(type, read)).isEqualTo(NestedRows.plain(type, wanted));
    assertThat(serialized(type, read)).isEqualTo(serialized(type, wanted));
  }

  @Test
  void rowsOfBeforeAreTheSameFromLogAndLakeInTheColumnsOfNow() throws Exception {
    Schema columns =
        ArrowSchemas.numbered(
            fields(
                "s: struct<a: int, b: float not null, gone: string>",
                "l: list<struct<x: int, y: time>>",
                "m: map<int, decimal(9, 2)>",
                "d: struct<e: struct<f: list<float>>>"));
    try (LakeTable lake = new LakeTable(columns)) {
      Schema before = lake.table().schema();
      List<RowData> rows = rows(new NestedRows(new Random(7)), before.asStruct());
      lake.append(rows, null);
      lake.table()
          .updateSchema()
          .addColumn("s", "new", ArrowSchemas.parseType("list<uuid not null>"))
          .moveFirst("s.new")
          .updateColumn("s.a", Types.LongType.get())
          .renameColumn("s.b", "c")
          .makeColumnOptional("s.b")
          .deleteColumn("s.gone")
          .updateColumn("l.element.x", Types.LongType.get())
          .moveFirst("l.element.y")
          .updateColumn("m.value", Types.DecimalType.of(30, 2))
          .updateColumn("d.e.f.element", Types.DoubleType.get())
          .addColumn("t", ArrowSchemas.parseType("struct<u: long>"))
          .moveFirst("m")
          .commit();
      assertSameOfBefore(lake, before, rows);
    }
  }

  @Test
  void aStructIsNullOrNotThoughAllOfItsFieldsAreNewOrOfThePartition() throws Exception {
    Schema columns =
        ArrowSchemas.numbered(
            fields(
                "s: struct<a: int>",
                "n: struct<b: struct<c: time, d: list<int>>, e: long>",
                "l: list<struct<x: int>>",
                "m: map<int, struct<y: string>>"));
    try (LakeTable lake = new LakeTable(columns)) {
      Schema before = lake.table().schema();
      List<RowData> rows = rows(new NestedRows(new Random(8)), before.asStruct());
      lake.append(rows, null);
      lake.table()
          .updateSchema()
          .addColumn("s", "new", Types.LongType.get())
          .deleteColumn("s.a")
          .addColumn("n.b", "new", Types.LongType.get())
          .deleteColumn("n.b.c")
          .deleteColumn("n.b.d")
          .deleteColumn("n.e")
          .addColumn("l.element", "new", Types.LongType.get())
          .deleteColumn("l.element.x")
          .addColumn("m.value", "new", Types.LongType.get())
          .deleteColumn("m.value.y")
          .commit();
      assertSameOfBefore(lake, before, rows);
    }
  }

  @Test
  void aStructOfTheFieldOfAPartitionIsNullOrNot() throws Exception {
    try (LakeTable lake =
        new LakeTable(ArrowSchemas.numbered(fields("s: struct<a: int>", "b: int")))) {
      lake.table().updateSpec().addField("s.a").commit();
      RowType type = (RowType) FlinkTypes.flinkType(lake.table().schema().asStruct(), false);
      List<RowData> rows =
          List.of(GenericRowData.of(null, 1), GenericRowData.of(new GenericRowData(1), 2));
      lake.append(rows, new PartitionData(lake.table().spec().partitionType()));
      assertSame(type, lake.rows(), rows);
    }
  }

  @Test
  void aQueryReadsTheColumnsOfWhenItBeganWhileOthersComeAndAreRenamed() throws Exception {
    try (LakeTable lake =
        new LakeTable(ArrowSchemas.numbered(fields("s: struct<a: int, b: string>")))) {
      Schema planned = lake.table().schema();
      RowType type = (RowType) FlinkTypes.flinkType(planned.asStruct(), false);
      List<RowData> rows = rows(new NestedRows(new Random(9)), planned.asStruct());
      lake.append(rows, null);
      lake.table()
          .updateSchema()
          .addColumn("s", "c", Types.LongType.get())
          .moveFirst("s.b")
          .renameColumn("s.b", "renamed")
          .updateColumnDoc("s.a", "the first")
          .commit();
      assertSame(type, lake.rows(planned), rows);
      lake.table().updateSchema().updateColumn("s.a", Types.LongType.get()).commit();
      assertThatThrownBy(() -> lake.rows(planned))
          .hasMessageContaining("column 's.a'")
          .hasMessageContaining("is long now, and was int");
      lake.table().updateSchema().deleteColumn("s.a").commit();
      assertThatThrownBy(() -> lake.rows(planned))
          .hasMessageContaining("column 's.a'")
          .hasMessageContaining("isn't there any more");
    }
  }

  @Test
  void aTimeThatFlinkWouldCutIsToldByItsPath() throws Exception {
    Schema schema = ArrowSchemas.numbered(fields("s: struct<l: list<struct<at: time>>>"));
    RowType plain =
        (RowType)
            FlinkTypes.flinkType(
                ArrowSchemas.parseType("struct<s: struct<l: list<struct<at: time>>>>"), false);
    GenericRowData at = GenericRowData.of(1);
    GenericRowData row =
        GenericRowData.of(GenericRowData.of(new GenericArrayData(new Object[] {at})));
    try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.of(schema), allocator)) {
      SinkBatch.fill(batch, plain, List.of(row));
      StructVector s = (StructVector) batch.getVector("s");
      StructVector element = (StructVector) ((ListVector) s.getChild("l")).getDataVector();
      ((TimeMicroVector) element.getChild("at")).set(0, 1_001);
      assertThatThrownBy(() -> LogRows.of(batch))
          .hasMessageContaining("column 's.l.element.at' holds the time 00:00:00.001001");
    }
  }

  private void assertSameOfBefore(LakeTable lake, Schema before, List<RowData> rows)
      throws Exception {
    Schema now = lake.table().schema();
    RowType was = (RowType) FlinkTypes.flinkType(before.asStruct(), false);
    RowType is = (RowType) FlinkTypes.flinkType(now.asStruct(), false);
    VectorSchemaRoot old = VectorSchemaRoot.create(ArrowSchemas.of(before), allocator);
    SinkBatch.fill(old, was, rows);
    int[] places =
        now.columns().stream()
            .mapToInt(column -> before.columns().indexOf(before.findField(column.fieldId())))
            .toArray();
    try (VectorSchemaRoot batch = Promotion.project(old, places, ArrowSchemas.of(now), allocator)) {
      assertSame(is, lake.rows(), LogRows.of(batch));
    }
  }

  private static List<NestedField> fields(String... columns) {
    return new ArrayList<>(
        ArrowSchemas.parseType("struct<" + String.join(", ", columns) + ">")
            .asStructType()
            .fields());
  }
}
