package io.sluice.compactor.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.compactor.CompactorTown;
import io.sluice.compactor.write.PlanFiles.Placed;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that come in no order of their partitions, with little memory to gather them in. */
@Timeout(60)
class PartitionedFilesTest {

  private static final int BATCHES = 60;
  private static final int ROWS = 500;
  private static final int WIDTH = 1_000;

  @TempDir private Path folder;
  private final Random random = new Random(11);
  private final Map<Long, List<Long>> expected = new HashMap<>();

  /** Nine rows of ten are of one partition, one of a hundred is of a partition long ago. */
  @Test
  void aPartitionGetsAFileEachTimeThatMemoryIsFull() throws Exception {
    LakeFileSettings little = new LakeFileSettings(64 << 20, 3, 512 << 20, 200_000);
    try (CompactorTown town = new CompactorTown(folder);
        BufferAllocator allocator = new RootAllocator()) {
      Table table = partitioned(town);
      List<Placed> placed;
      try (PartitionedFiles files =
          new PartitionedFiles(town.iceberg(table).io(), metadata(town, table), little)) {
        long most = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
          files.write(rows(table, allocator, batch));
          most = Math.max(most, allocator.getAllocatedMemory());
        }
        // What is gathered, and one batch more.
        assertThat(most).isBetween(100_000L, 300_000L);
        placed = files.finish();
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
      check(table, placed);
    }
  }

  /** As of a producer that sends one row at a time: their objects take far more than the rows. */
  @Test
  void ofFramesOfOneRowTheirObjectsCount() throws Exception {
    LakeFileSettings little = new LakeFileSettings(64 << 20, 3, 512 << 20, 1_000_000);
    try (CompactorTown town = new CompactorTown(folder);
        BufferAllocator allocator = new RootAllocator()) {
      Table table = partitioned(town);
      Record made = GenericRecord.create(table.rowSchema());
      made.setField("n", 5_000L);
      try (PartitionedFiles files =
          new PartitionedFiles(town.iceberg(table).io(), metadata(town, table), little)) {
        for (int row = 0; row < 5_000; row++) {
          files.write(frame(table, allocator, made, row));
        }
        // 5,000 such frames take 5 MB of objects, and 100 KB of rows.
        assertThat(files.finish()).hasSizeBetween(5, 8);
      }
    }
  }

  /** Returns a row as it comes from the log. */
  private static DecodedRows frame(Table table, BufferAllocator allocator, Record row, long offset)
      throws Exception {
    FrameRows frame;
    try (VectorSchemaRoot root = ArrowRows.root(allocator, table.rowSchema(), List.of(row))) {
      frame = new FrameEncoder(1 << 20).encode(root, table.options().logCompression()).get(0);
    }
    ByteBuf entry =
        DataEntry.encode(List.of(new DataEntry.Part(frame, table.schemaId(), null, 1)), offset, 7);
    frame.release();
    Frame read = DataEntry.frames(entry).get(0);
    FrameDecoder decoder = new FrameDecoder(ArrowSchemas.of(table.rowSchema()), allocator);
    VectorSchemaRoot root = decoder.decode(read);
    read.release();
    entry.release();
    LogRows rows = new LogRows(table.rowSchema(), root.getFieldVectors(), 1, 0, offset, 7);
    return new DecodedRows(rows, root, 0, 1);
  }

  @Test
  void whatIsGivenUpGivesItsMemoryBack() throws Exception {
    try (CompactorTown town = new CompactorTown(folder);
        BufferAllocator allocator = new RootAllocator()) {
      Table table = partitioned(town);
      try (PartitionedFiles files =
          new PartitionedFiles(
              town.iceberg(table).io(), metadata(town, table), LakeFileSettings.DEFAULT)) {
        files.write(rows(table, allocator, 0));
        assertThat(allocator.getAllocatedMemory()).isPositive();
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  @Test
  void whatIsNoRowsAfterAllGivesItsMemoryBack() {
    Schema schema = new Schema(NestedField.optional(1, "n", Types.LongType.get()));
    try (BufferAllocator allocator = new RootAllocator()) {
      VectorSchemaRoot root = ArrowRows.root(allocator, schema, List.of());
      assertThat(allocator.getAllocatedMemory()).isPositive();
      assertThatThrownBy(
              () ->
                  DecodedRows.of(root, vectors -> new LogRows(schema, List.of(), 0, 0, 0, 0), 0, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  private static Table partitioned(CompactorTown town) throws Exception {
    Table table = town.table("t", 1);
    town.iceberg(table).updateSpec().addField(Expressions.truncate("n", WIDTH)).commit();
    return table;
  }

  private static TableMetadata metadata(CompactorTown town, Table table) {
    return ((HasTableOperations) town.iceberg(table)).operations().current();
  }

  private DecodedRows rows(Table table, BufferAllocator allocator, int batch) {
    List<Record> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int chance = random.nextInt(100);
      long partition = chance < 90 ? 5_000 : chance < 99 ? 6_000 : 100L * random.nextInt(20);
      Record made = GenericRecord.create(table.rowSchema());
      made.setField("n", partition / WIDTH * WIDTH + random.nextInt(WIDTH));
      made.setField("text", "row " + row + " of batch " + batch);
      rows.add(made);
    }
    Schema schema = table.rowSchema();
    VectorSchemaRoot root = ArrowRows.root(allocator, table.schema(), rows);
    int from = random.nextInt(10);
    for (int row = from; row < ROWS; row++) {
      long n = (Long) rows.get(row).getField("n");
      expected
          .computeIfAbsent(n / WIDTH * WIDTH, partition -> new ArrayList<>())
          .add((long) batch * ROWS + row);
    }
    LogRows log = new LogRows(schema, root.getFieldVectors(), ROWS, 0, (long) batch * ROWS, 7);
    return new DecodedRows(log, root, from, ROWS);
  }

  /** Each partition's rows are in its files, in the order in which they came. */
  private void check(Table table, List<Placed> placed) throws Exception {
    Map<Long, List<Long>> found = new HashMap<>();
    Map<Long, Integer> files = new HashMap<>();
    for (Placed one : placed) {
      long partition = (Long) Objects.requireNonNull(one.partition()).get(0);
      files.merge(partition, 1, Integer::sum);
      for (Record row : LakeFileFixture.read(one.file(), table.schema())) {
        assertThat((Long) row.getField("n") / WIDTH * WIDTH).isEqualTo(partition);
        found
            .computeIfAbsent(partition, p -> new ArrayList<>())
            .add((Long) row.getField("_offset"));
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(files.get(5_000L)).isBetween(4, BATCHES / 2);
    assertThat(placed).hasSizeLessThanOrEqualTo(expected.size() * files.getOrDefault(5_000L, 0));
  }
}
