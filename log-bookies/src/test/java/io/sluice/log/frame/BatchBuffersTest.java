package io.sluice.log.frame;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class BatchBuffersTest {

  private static final List<ArrowType> TYPES =
      List.of(
          new ArrowType.Int(64, true),
          new ArrowType.Int(32, true),
          new ArrowType.Bool(),
          new ArrowType.Decimal(20, 3, 128),
          new ArrowType.Utf8(),
          new ArrowType.Binary(),
          new ArrowType.FixedSizeBinary(5),
          new ArrowType.List(),
          new ArrowType.Struct());

  /** Of the same size, too: where a batch is split into frames is the same in each version. */
  @Test
  void aBatchIsWhatArrowsOwnUnloaderMakes() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Field> fields = fields(random, 1 + random.nextInt(random.nextInt(40) + 1), 0);
      try (RootAllocator allocator = new RootAllocator();
          VectorSchemaRoot rows = VectorSchemaRoot.create(new Schema(fields), allocator)) {
        rows.allocateNew();
        rows.setRowCount(1 + random.nextInt(30));
        try (ArrowRecordBatch expected = new VectorUnloader(rows).getRecordBatch()) {
          requireSame(BatchBuffers.of(rows), expected);
        }
      }
    }
  }

  private static void requireSame(BatchBuffers batch, ArrowRecordBatch expected) {
    ByteBuffer message =
        BatchMessage.write(batch.rows(), batch.nodes(), batch.lengths(), BatchMessage.UNCOMPRESSED);
    ByteBuffer arrows = MessageSerializer.serializeMetadata(expected, IpcOption.DEFAULT);
    assertThat(message.remaining()).isEqualTo(arrows.remaining());
    assertThat(numbers(message)).isEqualTo(numbers(arrows));
    assertThat(batch.bodyBytes()).isEqualTo(expected.computeBodyLength());
    assertThat(batch.buffers()).hasSameSizeAs(expected.getBuffers());
    for (int i = 0; i < batch.buffers().size(); i++) {
      assertThat(batch.buffers().get(i).memoryAddress())
          .isEqualTo(expected.getBuffers().get(i).memoryAddress());
    }
  }

  /** Returns all that a message says. */
  private static List<Long> numbers(ByteBuffer bytes) {
    Message message = Message.getRootAsMessage(bytes);
    RecordBatch batch = (RecordBatch) requireNonNull(message.header(new RecordBatch()));
    List<Long> numbers = new ArrayList<>();
    numbers.add((long) message.version());
    numbers.add(message.bodyLength());
    numbers.add(batch.length());
    for (int i = 0; i < batch.nodesLength(); i++) {
      numbers.add(batch.nodes(i).length());
      numbers.add(batch.nodes(i).nullCount());
    }
    for (int i = 0; i < batch.buffersLength(); i++) {
      numbers.add(batch.buffers(i).offset());
      numbers.add(batch.buffers(i).length());
    }
    return numbers;
  }

  private static List<Field> fields(Random random, int count, int depth) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ArrowType type = TYPES.get(random.nextInt(TYPES.size() - (depth < 3 ? 0 : 2)));
      int children =
          type instanceof ArrowType.List
              ? 1
              : type instanceof ArrowType.Struct ? 1 + random.nextInt(4) : 0;
      fields.add(new Field("f" + i, FieldType.nullable(type), fields(random, children, depth + 1)));
    }
    return fields;
  }
}
