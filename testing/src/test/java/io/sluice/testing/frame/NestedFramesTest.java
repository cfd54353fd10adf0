package io.sluice.testing.frame;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.log.frame.ColumnCut;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameHeader;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.RowTooLargeException;
import io.sluice.testing.rows.RandomTypes;
import io.sluice.testing.rows.RandomValues;
import io.sluice.testing.rows.VectorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Frames of nested columns: whoever reads them, whole or in parts, finds what was written. */
class NestedFramesTest {

  private static final int LIMIT = 1 << 20;
  private static final Schema LISTS = listsOf(Types.IntegerType.get());

  /** Rows of a random schema, as values and as vectors. */
  private record Rows(
      Schema schema, List<Map<String, @Nullable Object>> values, VectorSchemaRoot root)
      implements AutoCloseable {

    static Rows of(Random random, int most, BufferAllocator allocator) {
      var iceberg = RandomTypes.schema(random, random.nextInt(5));
      Schema schema = ArrowSchemas.of(iceberg);
      var values = new RandomValues(random).rows(iceberg.columns(), 1 + random.nextInt(most));
      return new Rows(schema, values, VectorValues.write(schema, values, allocator));
    }

    @Override
    public void close() {
      root.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> rowsComeBackWholeAndInParts() {
    return seeds(
        300,
        random -> {
          try (BufferAllocator allocator = new RootAllocator();
              Rows rows = Rows.of(random, 200, allocator)) {
            FrameDecoder decoder = new FrameDecoder(rows.schema(), allocator);
            Frame frame = frame(rows.root(), compression(random));
            try (VectorSchemaRoot read = decoder.decode(frame)) {
              assertThat(VectorValues.read(read)).isEqualTo(rows.values());
              assertThat(read.getSchema()).isEqualTo(rows.schema());
            }
            int from = random.nextInt(rows.values().size());
            int to = from + 1 + random.nextInt(rows.values().size() - from);
            try (VectorSchemaRoot read = decoder.decode(frame, from, to)) {
              assertThat(VectorValues.read(read)).isEqualTo(rows.values().subList(from, to));
              assertThat(read.getSchema()).isEqualTo(rows.schema());
            }
            frame.release();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> columnsCutOutAreThoseOfTheRows() {
    return seeds(
        200,
        random -> {
          try (BufferAllocator allocator = new RootAllocator();
              Rows rows = Rows.of(random, 200, allocator)) {
            List<Field> fields = rows.schema().getFields();
            List<Integer> places =
                new ArrayList<>(IntStream.range(0, fields.size()).boxed().toList());
            Collections.shuffle(places, random);
            int[] wanted =
                places.stream().mapToInt(i -> i).limit(1 + random.nextInt(places.size())).toArray();
            Schema cutSchema = new Schema(Arrays.stream(wanted).mapToObj(fields::get).toList());
            Frame frame = frame(rows.root(), compression(random));
            Frame cut = new ColumnCut(rows.schema(), wanted).cut(frame);
            try (VectorSchemaRoot read = new FrameDecoder(cutSchema, allocator).decode(cut)) {
              List<Map<String, @Nullable Object>> expected = new ArrayList<>();
              for (Map<String, @Nullable Object> row : rows.values()) {
                Map<String, @Nullable Object> some = new HashMap<>(row);
                some.keySet()
                    .retainAll(cutSchema.getFields().stream().map(Field::getName).toList());
                expected.add(some);
              }
              assertThat(VectorValues.read(read)).isEqualTo(expected);
            }
            cut.release();
            frame.release();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> slicesAndHalvesAreTheRowsInOrder() {
    return seeds(
        200,
        random -> {
          try (BufferAllocator allocator = new RootAllocator();
              Rows rows = Rows.of(random, 500, allocator)) {
            int size = rows.values().size();
            int from = random.nextInt(size);
            int count = 1 + random.nextInt(size - from);
            List<Map<String, @Nullable Object>> read = new ArrayList<>();
            try (VectorSchemaRoot slice =
                new VectorSchemaRoot(
                    rows.schema(), rows.root().slice(from, count).getFieldVectors(), count)) {
              List<FrameRows> frames =
                  new FrameEncoder(16 << 10).encode(slice, compression(random));
              for (FrameRows frameRows : frames) {
                assertThat(frameRows.firstRow()).isEqualTo(read.size());
                Frame frame = frame(frameRows, count);
                try (VectorSchemaRoot part =
                    new FrameDecoder(rows.schema(), allocator).decode(frame)) {
                  read.addAll(VectorValues.read(part));
                }
                frame.release();
                frameRows.release();
              }
            }
            assertThat(read).isEqualTo(rows.values().subList(from, from + count));
          }
        });
  }

  /** Whatever is read in place of the rows: nothing is read from outside of the frame. */
  @TestFactory
  Stream<DynamicTest> brokenFramesAreCorruptOrOtherRowsButNothingWorse() {
    return seeds(
        400,
        random -> {
          try (BufferAllocator allocator = new RootAllocator(256 << 20);
              Rows rows = Rows.of(random, 40, allocator)) {
            Frame whole = frame(rows.root(), compression(random));
            FrameDecoder decoder = new FrameDecoder(rows.schema(), allocator);
            int size = rows.values().size();
            for (int i = 0; i < 20; i++) {
              Frame broken = broken(whole, random);
              try (VectorSchemaRoot read = decoder.decode(broken)) {
                assertThat(read.getRowCount()).isEqualTo(size);
                int from = random.nextInt(size);
                decoder.decode(broken, from, from + 1 + random.nextInt(size - from)).close();
                new ColumnCut(rows.schema(), new int[] {0}).cut(broken).release();
              } catch (CorruptEntryException e) {
                assertThat(e).isExactlyInstanceOf(CorruptEntryException.class);
              }
              broken.release();
            }
            whole.release();
          }
        });
  }

  @Test
  void listsThatReachBeyondTheirElementsAreCorrupt() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root =
            VectorValues.write(
                LISTS,
                List.of(Map.of("l", List.of(1L, 2L)), Map.of("l", List.of(3L))),
                allocator)) {
      for (List<Integer> lie :
          List.of(List.of(0, 2, 4), List.of(-1, 2, 3), List.of(0, 3, 2), List.of(0, -1, 3))) {
        Frame frame = frame(root, LogCompression.NONE);
        // Its validity takes the first 8 bytes of the body.
        for (int i = 0; i < 3; i++) {
          frame.body().setIntLE(frame.body().readerIndex() + 8 + 4 * i, lie.get(i));
        }
        assertThatThrownBy(() -> new FrameDecoder(LISTS, allocator).decode(frame))
            .as("%s", lie)
            .isInstanceOf(CorruptEntryException.class)
            .hasMessageStartingWith("field 'l' of 2 values in a frame: list ");
        frame.release();
      }
    }
  }

  @Test
  void elementsOfNoListStayBehindAndDontMakeARowTooLarge() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        ListVector list = (ListVector) LISTS.getFields().get(0).createVector(allocator)) {
      IntVector elements = (IntVector) list.getDataVector();
      elements.allocateNew(100_000);
      for (int i = 0; i < 100_000; i++) {
        elements.set(i, i);
      }
      elements.setValueCount(100_000);
      var validity = allocator.buffer(8);
      var offsets = allocator.buffer(8);
      validity.setByte(0, 1);
      offsets.setInt(0, 50_000);
      offsets.setInt(4, 50_001);
      list.loadFieldBuffers(new ArrowFieldNode(1, 0), List.of(validity, offsets));
      validity.close();
      offsets.close();
      VectorSchemaRoot root = new VectorSchemaRoot(LISTS, List.of(list), 1);
      FrameRows rows = new FrameEncoder(8 << 10).encode(root).get(0);
      Frame frame = frame(rows, 1);
      try (VectorSchemaRoot read = new FrameDecoder(LISTS, allocator).decode(frame)) {
        assertThat(VectorValues.read(read)).containsExactly(Map.of("l", List.of(50_000L)));
      }
      frame.release();
      rows.release();
    }
  }

  @Test
  void aRowOfMostFieldsWhoseValuesTakeAsMuchAsTheyMayIsNotTooLarge() throws Exception {
    Schema schema = listsOf(Types.ListType.ofOptional(9, Types.StringType.get()));
    FrameEncoder encoder = new FrameEncoder(LIMIT);
    // Validity, offsets and elements of each of three fields.
    int most = (int) encoder.mostValueBytes(schema) - 3 * 9;
    Map<String, @Nullable Object> row = Map.of("l", List.of(List.of("x".repeat(most))));
    Map<String, @Nullable Object> larger = Map.of("l", List.of(List.of("x".repeat(most + 2_048))));
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot fits = VectorValues.write(schema, List.of(row), allocator);
        VectorSchemaRoot not = VectorValues.write(schema, List.of(larger), allocator)) {
      encoder.encode(fits).forEach(FrameRows::release);
      assertThatThrownBy(() -> encoder.encode(not)).isInstanceOf(RowTooLargeException.class);
    }
  }

  private static Schema listsOf(org.apache.iceberg.types.Type element) {
    return ArrowSchemas.of(
        ArrowSchemas.numbered(
            List.of(NestedField.optional(1, "l", Types.ListType.ofOptional(2, element)))));
  }

  private static LogCompression compression(Random random) {
    List<LogCompression> all = List.of(LogCompression.values());
    return all.get(random.nextInt(all.size()));
  }

  private static Frame frame(VectorSchemaRoot rows, LogCompression how) throws Exception {
    List<FrameRows> frames = new FrameEncoder(LIMIT).encode(rows, how);
    assertThat(frames).hasSize(1);
    Frame frame = frame(frames.get(0), rows.getRowCount());
    frames.get(0).release();
    return frame;
  }

  private static Frame frame(FrameRows rows, int batchRows) {
    int messageBytes = rows.message().readableBytes();
    ByteBuf bytes =
        Unpooled.buffer()
            .writeBytes(rows.message().duplicate())
            .writeBytes(rows.body().duplicate());
    return Frame.of(
        new FrameHeader(rows.rows(), 0, 0, 0, null, rows.firstRow(), batchRows),
        bytes,
        messageBytes);
  }

  private static Frame broken(Frame frame, Random random) {
    int messageBytes = frame.message().readableBytes();
    ByteBuf bytes = Unpooled.buffer().writeBytes(frame.message()).writeBytes(frame.body());
    int most = random.nextBoolean() ? messageBytes : bytes.readableBytes();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes.setByte(random.nextInt(most), random.nextInt());
    }
    if (random.nextInt(5) == 0) {
      bytes.writerIndex(messageBytes + random.nextInt(bytes.readableBytes() - messageBytes + 1));
    }
    return Frame.of(frame.header(), bytes, messageBytes);
  }
}
