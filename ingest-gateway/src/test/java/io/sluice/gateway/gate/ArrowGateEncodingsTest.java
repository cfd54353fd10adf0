package io.sluice.gateway.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.gate.GateFixture.Message;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values that come in dictionaries, in runs, compressed, or in several batches. */
@Timeout(60)
class ArrowGateEncodingsTest {

  private final GateFixture gate = new GateFixture();
  private final BufferAllocator memory = gate.allocator();

  @AfterEach
  void noMemoryLeaks() {
    gate.close();
  }

  /** One decimal of two places, as 32, 64, 128 or 256 bits. */
  private FieldVector decimal(int bits, int unscaled) {
    FieldVector vector =
        switch (bits) {
          case 32 -> new IntVector("v", memory);
          case 64 -> new BigIntVector("v", memory);
          case 128 -> new DecimalVector("v", memory, 9, 2);
          default -> new Decimal256Vector("v", memory, 9, 2);
        };
    vector.allocateNew();
    if (vector instanceof IntVector ints) {
      ints.set(0, unscaled);
    } else if (vector instanceof BigIntVector longs) {
      longs.set(0, unscaled);
    } else if (vector instanceof DecimalVector decimals) {
      decimals.set(0, BigDecimal.valueOf(unscaled, 2));
    } else if (vector instanceof Decimal256Vector decimals) {
      decimals.set(0, BigDecimal.valueOf(unscaled, 2));
    }
    vector.setValueCount(1);
    return vector;
  }

  private static Field decimalField(String name, int bits, @Nullable DictionaryEncoding encoding) {
    return new Field(
        name, new FieldType(true, new ArrowType.Decimal(9, 2, bits), encoding), List.of());
  }

  private static List<Message> withSchema(List<Message> messages, Field field) {
    List<Message> changed = new ArrayList<>(messages);
    changed.set(0, GateFixture.schema(field));
    return changed;
  }

  private List<Message> inDictionary(FieldVector values, int bits) {
    ArrowType.Int index = new ArrowType.Int(32, true);
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, index);
    IntVector places = new IntVector("v", new FieldType(true, index, encoding), memory);
    places.setSafe(0, 0);
    places.setValueCount(1);
    List<Message> messages =
        GateFixture.messages(new MapDictionaryProvider(new Dictionary(values, encoding)), places);
    values.close();
    return withSchema(messages, decimalField("v", bits, encoding));
  }

  private List<Message> inRuns(FieldVector values, int bits) {
    Field ends = new Field("ends", FieldType.notNullable(new ArrowType.Int(32, true)), List.of());
    FieldType runs = FieldType.nullable(ArrowType.RunEndEncoded.INSTANCE);
    Field field = new Field("v", runs, List.of(ends, values.getField()));
    RunEndEncodedVector vector = (RunEndEncodedVector) field.createVector(memory);
    IntVector end = (IntVector) vector.getChildrenFromFields().get(0);
    end.setSafe(0, 1);
    end.setValueCount(1);
    values.makeTransferPair(vector.getChildrenFromFields().get(1)).transfer();
    vector.setValueCount(1);
    List<Message> messages = GateFixture.messages(vector);
    values.close();
    return withSchema(
        messages, new Field("v", runs, List.of(ends, decimalField("values", bits, null))));
  }

  @Test
  void decimalsAreWithinTheColumnsPrecisionHoweverTheyCome() throws GateException {
    Table table = GateFixture.table(Types.DecimalType.of(4, 2));
    for (int bits : new int[] {32, 64, 128, 256}) {
      Field plain = decimalField("v", bits, null);
      for (int unscaled : new int[] {9_999, -9_999}) {
        String value = BigDecimal.valueOf(unscaled, 2).toString();
        assertThat(
                gate.values(
                    table, withSchema(GateFixture.messages(decimal(bits, unscaled)), plain)))
            .containsExactly(value);
        assertThat(gate.values(table, inDictionary(decimal(bits, unscaled), bits)))
            .containsExactly(value);
        assertThat(gate.values(table, inRuns(decimal(bits, unscaled), bits)))
            .containsExactly(value);
      }
      for (int unscaled : new int[] {10_000, -10_000}) {
        String refused =
            "BAD_ROWS [row 1, column 'v': %s doesn't fit decimal(4, 2)]"
                .formatted(BigDecimal.valueOf(unscaled, 2));
        assertThat(
                gate.refusal(
                    table, withSchema(GateFixture.messages(decimal(bits, unscaled)), plain)))
            .isEqualTo(refused);
        assertThat(gate.refusal(table, inDictionary(decimal(bits, unscaled), bits)))
            .isEqualTo(refused);
        assertThat(gate.refusal(table, inRuns(decimal(bits, unscaled), bits))).isEqualTo(refused);
      }
    }
  }

  private VarCharVector text(String name, String... values) {
    VarCharVector vector = new VarCharVector(name, memory);
    for (int i = 0; i < values.length; i++) {
      vector.setSafe(i, values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private static List<Message> compressed(CodecType codec, FieldVector vector) {
    return GateFixture.split(GateFixture.stream(new MapDictionaryProvider(), codec, 1, vector));
  }

  @Test
  void compressedBuffersMayBeEmptyOrStored() throws GateException {
    Table table = GateFixture.table(Types.StringType.get());
    String[] long1 = {"a text that is longer than its neighbours".repeat(20), "b"};
    for (CodecType codec : List.of(CodecType.LZ4_FRAME, CodecType.ZSTD)) {
      assertThat(gate.values(table, compressed(codec, text("v")))).isEmpty();
      assertThat(gate.values(table, compressed(codec, text("v", "", "")))).containsExactly("", "");
      assertThat(gate.values(table, compressed(codec, text("v", long1)))).containsExactly(long1);
    }
  }

  @Test
  void compressedBuffersHaveWhatTheyClaim() {
    Table table = GateFixture.table(Types.StringType.get());
    for (CodecType codec : List.of(CodecType.LZ4_FRAME, CodecType.ZSTD)) {
      List<Message> messages = compressed(codec, text("v", "a text ".repeat(100), "b"));
      for (long lie : new long[] {0, 1, 11, 13, 1 << 20, Long.MAX_VALUE, -2}) {
        byte[] body = messages.get(1).body().clone();
        // The offsets are the second buffer.
        long at = secondBuffer(messages.get(1));
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putLong((int) at, lie);
        assertThat(
                gate.refusal(
                    table, List.of(messages.get(0), new Message(messages.get(1).header(), body))))
            .as("%s claims %d bytes", codec, lie)
            .startsWith(lie == Long.MAX_VALUE ? "TOO_LARGE" : "BAD_MESSAGE");
      }
    }
  }

  private static long secondBuffer(Message batch) {
    var header =
        (org.apache.arrow.flatbuf.RecordBatch)
            org.apache.arrow.flatbuf.Message.getRootAsMessage(GateFixture.header(batch))
                .header(new org.apache.arrow.flatbuf.RecordBatch());
    return header.buffers(1).offset();
  }

  @Test
  void batchesOfAllTypesBecomeOne() throws Exception {
    Table table =
        GateFixture.table(
            Map.of(),
            NestedField.optional(1, "text", Types.StringType.get()),
            NestedField.optional(2, "bytes", Types.BinaryType.get()),
            NestedField.optional(3, "flag", Types.BooleanType.get()),
            NestedField.optional(4, "fixed", Types.FixedType.ofLength(3)),
            NestedField.optional(5, "amount", Types.DecimalType.of(9, 2)),
            NestedField.optional(6, "absent", Types.StringType.get()));
    byte[] stream =
        GateFixture.stream(new MapDictionaryProvider(), CodecType.NO_COMPRESSION, 3, columns());
    try (VectorSchemaRoot rows =
        ArrowStreamReader.read(table, stream, memory, GateLimits.DEFAULT)) {
      List<String> full = List.of("word", "0102", "true", "010203", "1.50", "null");
      List<String> none = List.of("null", "null", "null", "null", "null", "null");
      assertThat(GateFixture.rows(rows)).containsExactly(full, none, full, none, full, none);
    }
  }

  /** Two rows; the second one is null. */
  private FieldVector[] columns() {
    VarBinaryVector bytes = new VarBinaryVector("bytes", memory);
    bytes.setSafe(0, new byte[] {1, 2});
    BitVector flag = new BitVector("flag", memory);
    flag.setSafe(0, 1);
    FixedSizeBinaryVector fixed = new FixedSizeBinaryVector("fixed", memory, 3);
    fixed.setSafe(0, new byte[] {1, 2, 3});
    DecimalVector amount = new DecimalVector("amount", memory, 9, 2);
    amount.setSafe(0, new BigDecimal("1.50"));
    FieldVector[] all = {text("text", "word"), bytes, flag, fixed, amount};
    for (FieldVector vector : all) {
      vector.setValueCount(2);
    }
    return all;
  }
}
