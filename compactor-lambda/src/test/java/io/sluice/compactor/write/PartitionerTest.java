package io.sluice.compactor.write;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.SystemColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PartitionSpecParser;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

/** Partitions of rows as Iceberg computes them, row by row. */
class PartitionerTest {

  private static final int ROWS = 300;

  /** Each column of each type by each transform that takes it, alone. */
  @Test
  void aRowsPartitionIsAsIcebergSays() {
    List<Record> rows = AllTypes.rows(ROWS, new Random(7));
    int specs = 0;
    for (NestedField column : SystemColumns.removeFrom(AllTypes.SCHEMA).columns()) {
      for (Transform<?, ?> transform : transforms()) {
        if (transform.canTransform(column.type())) {
          check(spec(column.fieldId() + ":" + transform), AllTypes.SCHEMA, rows);
          specs++;
        }
      }
    }
    assertThat(specs).isGreaterThan(100);
  }

  @Test
  void fieldsAreCombined() {
    Schema schema = AllTypes.SCHEMA;
    check(spec("1:identity", "8:year", "10:bucket[3]"), schema, AllTypes.rows(ROWS, new Random(8)));
  }

  @Test
  void systemColumnsCountAsWell() {
    Schema schema = AllTypes.SCHEMA;
    PartitionSpec spec =
        PartitionSpec.builderFor(schema)
            .day(SystemColumns.TIMESTAMP)
            .identity(SystemColumns.BUCKET)
            .truncate(SystemColumns.OFFSET, 10)
            .build();
    Partitioner partitioner = new Partitioner(spec, schema);
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root =
            ArrowRows.root(allocator, schema, AllTypes.rows(20, new Random(9)))) {
      int[] partitions = partitioner.partitions(batch(schema, root, 95), 3, 20);
      assertThat(partitions).containsExactly(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2);
      PartitionData values = partitioner.values(1);
      assertThat(values.get(0)).isEqualTo(1);
      assertThat(values.get(1)).isEqualTo(4);
      assertThat(values.get(2)).isEqualTo(100L);
    }
  }

  @Test
  void aColumnThatRowsHaveNotIsNull() {
    Schema schema = AllTypes.SCHEMA;
    Schema older = new Schema(schema.columns().subList(0, 3));
    PartitionSpec spec = spec("10:identity");
    Partitioner partitioner = new Partitioner(spec, schema);
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root =
            ArrowRows.root(
                allocator, SystemColumns.addTo(older), AllTypes.rows(5, new Random(9)))) {
      LogRows batch = new LogRows(older, root.getFieldVectors(), 5, 4, 0, 86_400_000_000L);
      assertThat(partitioner.partitions(batch, 0, 5)).containsOnly(0);
      assertThat(partitioner.values(0).get(0)).isNull();
    }
  }

  /** Null if a struct around it is, whatever is beneath. */
  @Test
  void aColumnMayBeWithinStructs() {
    Types.StructType inner =
        Types.StructType.of(
            optional(4, "day", Types.DateType.get()), optional(5, "id", Types.UUIDType.get()));
    Types.StructType place =
        Types.StructType.of(
            optional(2, "x", Types.LongType.get()),
            optional(3, "name", Types.StringType.get()),
            optional(6, "inner", inner));
    Schema schema =
        SystemColumns.addTo(
            new Schema(
                optional(9, "list", Types.ListType.ofOptional(10, Types.LongType.get())),
                optional(1, "place", place)));
    List<Record> rows = NestedTypes.rows(schema, ROWS, new Random(10));
    for (String field :
        List.of("2:identity", "3:bucket[5]", "3:truncate[4]", "4:month", "5:identity")) {
      check(spec(schema, field), schema, rows);
    }
    check(spec(schema, "2:truncate[1000000]", "4:year", "3:bucket[2]"), schema, rows);
  }

  @Test
  void aFieldOfAStructThatWasAddedLaterIsNullInRowsOfBefore() {
    Schema now =
        new Schema(
            optional(
                1,
                "place",
                Types.StructType.of(
                    optional(2, "x", Types.LongType.get()),
                    // Named like one of Sluice's own, which it isn't.
                    optional(3, SystemColumns.OFFSET, Types.LongType.get()))));
    Schema old =
        new Schema(
            optional(1, "place", Types.StructType.of(optional(2, "x", Types.LongType.get()))));
    Partitioner partitioner = new Partitioner(spec(now, "3:identity", "2:identity"), now);
    List<Record> rows = NestedTypes.rows(old, 20, new Random(3));

    int[] partitions = partitions(partitioner, old, rows);

    for (int i = 0; i < rows.size(); i++) {
      Record place = (Record) rows.get(i).getField("place");
      PartitionData values = partitioner.values(partitions[i]);
      assertThat(values.get(0)).isNull();
      assertThat(values.get(1)).isEqualTo(place == null ? null : place.getField("x"));
    }
  }

  @Test
  void aColumnOfAStructThatWasMadeSomethingElseIsNamedByItsPath() {
    Schema old = struct(Types.LongType.get());
    Schema now = struct(Types.IntegerType.get());
    Partitioner partitioner = new Partitioner(spec(now, "2:identity"), now);
    List<Record> rows = NestedTypes.rows(old, 3, new Random(3));
    assertThatThrownBy(() -> partitions(partitioner, old, rows))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessageStartingWith("column 'place.x' is int in the lake, which can't hold the log's");
  }

  private static Schema struct(Type type) {
    return new Schema(optional(1, "place", Types.StructType.of(optional(2, "x", type))));
  }

  private static int[] partitions(Partitioner partitioner, Schema schema, List<Record> rows) {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = ArrowRows.root(allocator, schema, rows)) {
      LogRows batch = new LogRows(schema, root.getFieldVectors(), rows.size(), 4, 0, 0);
      return partitioner.partitions(batch, 0, rows.size());
    }
  }

  @Test
  void aColumnThatWasMadeSomethingElseIsNamedWithWhatToDo() {
    Schema old = new Schema(optional(1, "a", Types.LongType.get()));
    for (Type type :
        List.of(Types.IntegerType.get(), Types.StringType.get(), Types.DecimalType.of(20, 0))) {
      Schema now = new Schema(optional(1, "a", type));
      Partitioner partitioner = new Partitioner(spec(now, "1:identity"), now);
      List<Record> rows = List.of(GenericRecord.create(old).copy(Map.of("a", 1L)));
      assertThatThrownBy(() -> partitions(partitioner, old, rows))
          .isInstanceOf(UnwritableRowsException.class)
          .hasMessage(
              "column 'a' is "
                  + type
                  + " in the lake, which can't hold the log's long: give it a type there that can");
    }
  }

  /** Tables of format 1 keep such fields in their specs. */
  @Test
  void aFieldThatWasRemovedIsNullWhateverItsColumnBecame() {
    Schema old = new Schema(optional(1, "a", Types.LongType.get()));
    List<Record> rows = List.of(GenericRecord.create(old).copy(Map.of("a", 1L)));
    for (Schema now :
        List.of(
            new Schema(optional(1, "a", Types.IntegerType.get())),
            new Schema(optional(2, "b", Types.LongType.get())))) {
      Partitioner partitioner = new Partitioner(spec(now, "1:void"), now);
      assertThat(partitions(partitioner, old, rows)).containsExactly(0);
      assertThat(partitioner.values(0).get(0)).isNull();
    }
  }

  /** Builds a spec of sources' ids and transforms. */
  private static PartitionSpec spec(String... fields) {
    return spec(AllTypes.SCHEMA, fields);
  }

  private static PartitionSpec spec(Schema schema, String... fields) {
    StringBuilder json = new StringBuilder();
    for (String field : fields) {
      String[] parts = field.split(":", 2);
      json.append(json.isEmpty() ? "" : ",")
          .append(
              "{\"name\":\"p%d\",\"source-id\":%s,\"transform\":\"%s\",\"field-id\":%d}"
                  .formatted(json.length(), parts[0], parts[1], 1_000 + json.length()));
    }
    return PartitionSpecParser.fromJson(schema, "{\"spec-id\":0,\"fields\":[" + json + "]}");
  }

  private static List<Transform<?, ?>> transforms() {
    return List.of(
        Transforms.identity(),
        Transforms.bucket(5),
        Transforms.truncate(2),
        Transforms.year(),
        Transforms.month(),
        Transforms.day(),
        Transforms.hour(),
        Transforms.alwaysNull());
  }

  private static LogRows batch(Schema schema, VectorSchemaRoot root, long offset) {
    return new LogRows(
        SystemColumns.removeFrom(schema),
        root.getFieldVectors(),
        root.getRowCount(),
        4,
        offset,
        86_400_000_000L);
  }

  private static void check(PartitionSpec spec, Schema schema, List<Record> rows) {
    Partitioner partitioner = new Partitioner(spec, schema);
    PartitionKey key = new PartitionKey(spec, schema);
    InternalRecordWrapper wrapper = new InternalRecordWrapper(schema.asStruct());
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = ArrowRows.root(allocator, schema, rows)) {
      LogRows batch = batch(schema, root, 0);
      List<PartitionData> seen = new ArrayList<>();
      for (int part = 0; part < 2; part++) {
        int from = part == 0 ? 0 : ROWS / 2;
        int[] partitions = partitioner.partitions(batch, from, part == 0 ? ROWS / 2 : ROWS);
        for (int i = 0; i < partitions.length; i++) {
          key.partition(wrapper.wrap(rows.get(from + i)));
          PartitionData values = partitioner.values(partitions[i]);
          for (int field = 0; field < spec.fields().size(); field++) {
            assertThat(values.get(field))
                .as("%s of row %s", spec, from + i)
                .isEqualTo(new PartitionData(spec.partitionType()).copyFor(key).get(field));
          }
          if (partitions[i] == seen.size()) {
            seen.add(values);
          }
          for (int field = 0; field < spec.fields().size(); field++) {
            assertThat(seen.get(partitions[i]).get(field)).isEqualTo(values.get(field));
          }
        }
      }
      assertThat(partitioner.count()).isEqualTo(seen.size());
    }
  }
}
