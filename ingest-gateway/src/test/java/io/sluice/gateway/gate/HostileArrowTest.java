package io.sluice.gateway.gate;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.gate.GateFixture.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HostileArrowTest {

  private static final int ROWS = 5;
  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  private static Table table() {
    return GateFixture.table(
        Map.of(),
        optional(1, "n", Types.IntegerType.get()),
        optional(2, "s", Types.StringType.get()),
        optional(3, "large", Types.StringType.get()),
        optional(4, "view", Types.StringType.get()),
        optional(5, "dictionary", Types.StringType.get()),
        optional(6, "flag", Types.BooleanType.get()),
        optional(7, "amount", Types.DecimalType.of(9, 2)),
        optional(8, "time", Types.TimeType.get()));
  }

  /** Valid messages: a schema, a dictionary, a batch. */
  private List<Message> valid() {
    VarCharVector words = text(new VarCharVector("words", memory));
    Dictionary dictionary = new Dictionary(words, new DictionaryEncoding(1, false, null));
    DictionaryProvider.MapDictionaryProvider provider =
        new DictionaryProvider.MapDictionaryProvider(dictionary);
    List<FieldVector> vectors = new ArrayList<>();
    IntVector ints = new IntVector("n", memory);
    BitVector flags = new BitVector("flag", memory);
    DecimalVector amounts = new DecimalVector("amount", memory, 9, 2);
    TimeMicroVector times = new TimeMicroVector("time", memory);
    for (int i = 0; i < ROWS; i++) {
      ints.setSafe(i, i);
      flags.setSafe(i, i & 1);
      amounts.setSafe(i, 100L * i);
      times.setSafe(i, 1_000L * i);
    }
    ints.setNull(1);
    vectors.add(ints);
    vectors.add(text(new VarCharVector("s", memory)));
    LargeVarCharVector large = new LargeVarCharVector("large", memory);
    ViewVarCharVector view = new ViewVarCharVector("view", memory);
    for (int i = 0; i < ROWS; i++) {
      large.setSafe(i, word(i));
      view.setSafe(i, word(i));
    }
    vectors.add(large);
    vectors.add(view);
    try (VarCharVector decoded = text(new VarCharVector("dictionary", memory))) {
      vectors.add((FieldVector) DictionaryEncoder.encode(decoded, dictionary));
    }
    vectors.addAll(List.of(flags, amounts, times));
    vectors.forEach(vector -> vector.setValueCount(ROWS));
    List<Message> messages = GateFixture.messages(provider, vectors.toArray(FieldVector[]::new));
    words.close();
    return messages;
  }

  private static VarCharVector text(VarCharVector vector) {
    for (int i = 0; i < ROWS; i++) {
      vector.setSafe(i, word(i));
    }
    vector.setValueCount(ROWS);
    return vector;
  }

  private static byte[] word(int i) {
    return (i == 3 ? "" : "word number " + i + " grüße").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theMessagesAreTakenAsTheyAre() throws GateException {
    assertThat(gate.rows(table(), valid())).hasSize(ROWS);
  }

  /** Returns a batch message that claims anything. */
  private static Message claim(long rows, long[][] nodes, long[][] buffers, byte[] body) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    RecordBatch.startNodesVector(builder, nodes.length);
    for (int i = nodes.length - 1; i >= 0; i--) {
      FieldNode.createFieldNode(builder, nodes[i][0], nodes[i][1]);
    }
    int nodeVector = builder.endVector();
    RecordBatch.startBuffersVector(builder, buffers.length);
    for (int i = buffers.length - 1; i >= 0; i--) {
      Buffer.createBuffer(builder, buffers[i][0], buffers[i][1]);
    }
    int bufferVector = builder.endVector();
    int batch = RecordBatch.createRecordBatch(builder, rows, nodeVector, bufferVector, 0, 0);
    int message =
        org.apache.arrow.flatbuf.Message.createMessage(
            builder, MetadataVersion.V5, MessageHeader.RecordBatch, batch, body.length, 0);
    builder.finish(message);
    return new Message(builder.sizedByteArray(), body);
  }

  private String refusalOfText(long rows, long[][] nodes, long[][] buffers, byte[] body) {
    Table table = GateFixture.table(Types.StringType.get());
    VarCharVector none = new VarCharVector("v", memory);
    none.setValueCount(0);
    Message schema = GateFixture.messages(none).get(0);
    return gate.refusal(table, List.of(schema, claim(rows, nodes, buffers, body)));
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  @Test
  void buffersStayWithinTheBody() {
    long[][] node = {{1, 0}};
    for (long[] lie :
        new long[][] {
          {0, 33}, {32, 1}, {-1, 4}, {4, -1}, {Long.MAX_VALUE, 8}, {8, Long.MAX_VALUE}
        }) {
      assertThat(refusalOfText(1, node, new long[][] {{0, 0}, lie, {8, 4}}, ints(0, 1, 'a')))
          .startsWith("BAD_MESSAGE buffer 1 of the Arrow batch claims bytes");
    }
  }

  @Test
  void offsetsStayWithinTheirBufferAndNeverGoBack() {
    long[][] node = {{2, 0}};
    long[][] buffers = {{0, 0}, {0, 12}, {16, 4}};
    for (int[] offsets : new int[][] {{0, 1, 5}, {0, 3, 2}, {-1, 0, 1}, {0, -1, 1}}) {
      assertThat(refusalOfText(2, node, buffers, ints(offsets)))
          .startsWith("BAD_MESSAGE row")
          .contains("column 'v'");
    }
  }

  @Test
  void rowsAndNullsAreWhatTheNodesSay() {
    long[][] buffers = {{0, 0}, {0, 12}, {16, 4}};
    assertThat(refusalOfText(3, new long[][] {{2, 0}}, buffers, ints(0, 1, 2)))
        .contains("2 values in a batch of 3 rows");
    assertThat(refusalOfText(2, new long[][] {{2, 1}}, buffers, ints(0, 1, 2)))
        .contains("claims 1 nulls, but has no bitmap");
    assertThat(refusalOfText(2, new long[][] {{2, 3}}, buffers, ints(0, 1, 2)))
        .contains("3 nulls among 2 values");
    assertThat(refusalOfText(-1, new long[][] {{-1, 0}}, buffers, ints(0, 1, 2)))
        .contains("claims -1 rows");
    assertThat(refusalOfText(2, new long[][] {}, buffers, ints(0, 1, 2))).contains("field nodes");
    assertThat(refusalOfText(2, new long[][] {{2, 0}}, new long[][] {{0, 0}}, ints(0, 1, 2)))
        .contains("buffers, fewer than its schema");
    assertThat(refusalOfText(2, new long[][] {{2, 0}, {2, 0}}, buffers, ints(0, 1, 2)))
        .contains("2 field nodes");
  }

  @Test
  void billionsOfRowsInAFewBytesAreRefused() {
    Table table = GateFixture.table(Types.LongType.get());
    Message schema = GateFixture.messages(new NullVector("v", 1)).get(0);
    Message claim =
        claim(2_000_000_000L, new long[][] {{2_000_000_000L, 0}}, new long[0][], new byte[0]);
    assertThat(gate.refusal(table, List.of(schema, claim))).startsWith("TOO_LARGE");
    Message less = claim(16_000_000L, new long[][] {{16_000_000L, 0}}, new long[0][], new byte[0]);
    assertThat(gate.refusal(table, List.of(schema, less)))
        .startsWith("TOO_LARGE column 'v' takes 130000000 bytes");
  }

  @Test
  void bodiesHaveTheLengthThatTheirMessageSays() {
    List<Message> messages = new ArrayList<>(valid());
    Message batch = messages.get(2);
    messages.set(2, new Message(batch.header(), java.util.Arrays.copyOf(batch.body(), 8)));
    assertThat(gate.refusal(table(), messages)).startsWith("BAD_MESSAGE the Arrow message claims");
  }

  @Test
  void dictionariesComeBeforeTheirUse() {
    List<Message> messages = new ArrayList<>(valid());
    messages.remove(1);
    assertThat(gate.refusal(table(), messages)).contains("uses dictionary 1, which wasn't sent");
  }
}
