package io.sluice.log.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnCutTest {

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              field("id", new ArrowType.Int(64, true)),
              field("flag", new ArrowType.Bool()),
              field("text", new ArrowType.Utf8()),
              field("price", new ArrowType.Decimal(20, 2, 128)),
              field("note", new ArrowType.Utf8())));

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void columnsInAnyOrderAreThoseOfTheDecodedFrame() throws Exception {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Integer> places = new ArrayList<>(List.of(0, 1, 2, 3, 4));
      Collections.shuffle(places, random);
      int[] columns = places.stream().mapToInt(i -> i).limit(1 + random.nextInt(5)).toArray();
      Frame frame = frame(random, 1 + random.nextInt(200));
      Frame cut = new ColumnCut(SCHEMA, columns).cut(frame);
      Schema wanted = new Schema(Arrays.stream(columns).mapToObj(SCHEMA.getFields()::get).toList());
      try (VectorSchemaRoot all = new FrameDecoder(SCHEMA, allocator).decode(frame);
          VectorSchemaRoot some = new FrameDecoder(wanted, allocator).decode(cut)) {
        assertThat(some.getRowCount()).isEqualTo(all.getRowCount());
        for (int i = 0; i < columns.length; i++) {
          assertThat(values(some.getVector(i)))
              .as("seed %d, column %s", seed, wanted.getFields().get(i))
              .isEqualTo(values(all.getVector(columns[i])));
        }
      } finally {
        cut.release();
        frame.release();
      }
    }
  }

  @Test
  void theOtherColumnsBytesAreLeftBehind() throws Exception {
    Frame frame = frame(new Random(1), 1_000);
    Frame cut = new ColumnCut(SCHEMA, new int[] {1}).cut(frame);
    // A thousand bits, their validity, and the message.
    assertThat(cut.bytes()).isLessThan(600);
    assertThat(cut.body().readableBytes()).isEqualTo(2 * 128);
    cut.release();
    frame.release();
  }

  @Test
  void aFrameOfAnotherSchemaIsCorrupt() throws Exception {
    Frame frame = frame(new Random(1), 10);
    Schema fewer = new Schema(SCHEMA.getFields().subList(0, 4));
    List<Field> swapped = new ArrayList<>(SCHEMA.getFields());
    swapped.set(4, SCHEMA.getFields().get(0));
    for (Schema other : List.of(fewer, new Schema(swapped))) {
      assertThatThrownBy(() -> new ColumnCut(other, new int[] {0}).cut(frame))
          .isInstanceOf(CorruptEntryException.class);
    }
    frame.release();
  }

  @Test
  void aBufferOutsideTheBodyIsCorrupt() throws Exception {
    Frame frame = frame(new Random(1), 1_000);
    int messageBytes = frame.message().readableBytes();
    int bytes = messageBytes + frame.body().readableBytes() / 2;
    ByteBuf torn = Unpooled.buffer(bytes);
    torn.writeBytes(frame.message()).writeBytes(frame.body(), bytes - messageBytes);
    Frame half = Frame.of(frame.header(), torn, messageBytes);
    assertThatThrownBy(() -> new ColumnCut(SCHEMA, new int[] {0}).cut(half))
        .isInstanceOf(CorruptEntryException.class);
    half.release();
    frame.release();
  }

  private Frame frame(Random random, int rows) throws Exception {
    try (VectorSchemaRoot root = rows(random, rows)) {
      List<FrameRows> frames = new FrameEncoder(1 << 20).encode(root);
      assertThat(frames).hasSize(1);
      ByteBuf entry =
          DataEntry.encode(List.of(new DataEntry.Part(frames.get(0), 0, null, rows)), 0, 1);
      Frame frame = DataEntry.frames(entry).get(0);
      frames.get(0).release();
      entry.release();
      return frame;
    }
  }

  private VectorSchemaRoot rows(Random random, int count) {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    for (int row = 0; row < count; row++) {
      for (FieldVector vector : root.getFieldVectors()) {
        if (random.nextInt(4) > 0) {
          set(vector, row, random);
        }
      }
    }
    root.setRowCount(count);
    return root;
  }

  private static void set(FieldVector vector, int row, Random random) {
    if (vector instanceof BigIntVector longs) {
      longs.setSafe(row, random.nextLong());
    } else if (vector instanceof BitVector bits) {
      bits.setSafe(row, random.nextInt(2));
    } else if (vector instanceof DecimalVector decimals) {
      decimals.setSafe(row, BigDecimal.valueOf(random.nextInt(), 2));
    } else if (vector instanceof VarCharVector texts) {
      texts.setSafe(row, new Text("é".repeat(random.nextInt(9))));
    }
  }

  private static List<Object> values(FieldVector vector) {
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < vector.getValueCount(); row++) {
      values.add(String.valueOf(vector.getObject(row)));
    }
    return values;
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }
}
