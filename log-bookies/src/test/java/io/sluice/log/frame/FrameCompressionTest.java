package io.sluice.log.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.Range;
import org.apache.arrow.vector.compare.RangeEqualsVisitor;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames of all types, compressed: whoever reads them finds what was written. */
class FrameCompressionTest {

  private static final int LIMIT = 1 << 20;
  private static final Schema SCHEMA = ArrowSchemas.of(new org.apache.iceberg.Schema(columns()));
  private static final BatchLayout LAYOUT = BatchLayout.of(SCHEMA);
  private static final int COLUMNS = SCHEMA.getFields().size();

  private final RootAllocator allocator = new RootAllocator();
  private final FrameDecoder decoder = new FrameDecoder(SCHEMA, allocator);

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @ParameterizedTest
  @EnumSource
  void rowsOfAllTypesComeBackWholeAndInParts(LogCompression compression) throws Exception {
    FrameEncoder encoder = new FrameEncoder(LIMIT);
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(2_000);
      try (VectorSchemaRoot rows = rows(random, count)) {
        Frame frame = frame(encoder, rows, compression);
        try (VectorSchemaRoot read = decoder.decode(frame)) {
          assertSame(read, rows.getFieldVectors(), 0, "seed " + seed);
        }
        int from = random.nextInt(count);
        int to = from + 1 + random.nextInt(count - from);
        try (VectorSchemaRoot read = decoder.decode(frame, from, to)) {
          assertThat(read.getRowCount()).isEqualTo(to - from);
          assertSame(read, rows.getFieldVectors(), from, "seed " + seed + ", part");
        }
        frame.release();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsCutOutAreThoseOfTheWholeFrame(LogCompression compression) throws Exception {
    FrameEncoder encoder = new FrameEncoder(LIMIT);
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < COLUMNS; i++) {
        places.add(i);
      }
      Collections.shuffle(places, random);
      int[] wanted = places.stream().mapToInt(i -> i).limit(1 + random.nextInt(COLUMNS)).toArray();
      List<Field> fields = Arrays.stream(wanted).mapToObj(SCHEMA.getFields()::get).toList();
      try (VectorSchemaRoot rows = rows(random, 500)) {
        Frame frame = frame(encoder, rows, compression);
        Frame cut = new ColumnCut(SCHEMA, wanted).cut(frame);
        assertThat(codec(cut, new Schema(fields))).isEqualTo(codec(frame, SCHEMA));
        List<FieldVector> vectors =
            Arrays.stream(wanted).mapToObj(rows.getFieldVectors()::get).toList();
        try (VectorSchemaRoot read = new FrameDecoder(new Schema(fields), allocator).decode(cut)) {
          assertThat(read.getRowCount()).isEqualTo(500);
          assertSame(read, vectors, 0, "seed " + seed);
        }
        cut.release();
        frame.release();
      }
    }
  }

  @Test
  void whatRepeatsGetsSmallerAndSaysHow() throws Exception {
    try (VectorSchemaRoot rows = texts("the same text again and again", 5_000)) {
      Frame plain = frame(rows, LogCompression.NONE);
      Frame lz4 = frame(rows, LogCompression.LZ4);
      Frame zstd = frame(rows, LogCompression.ZSTD);
      assertThat(codec(plain, SCHEMA)).isEqualTo(BatchMessage.UNCOMPRESSED);
      assertThat(codec(lz4, SCHEMA)).isEqualTo(CompressionType.LZ4_FRAME);
      assertThat(codec(zstd, SCHEMA)).isEqualTo(CompressionType.ZSTD);
      assertThat(lz4.bytes()).isLessThan(plain.bytes() / 3);
      assertThat(zstd.bytes()).isLessThan(lz4.bytes());
      assertThat(lz4.bounds()).isEqualTo(plain.bounds());
      plain.release();
      lz4.release();
      zstd.release();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void whatGainsNothingStaysAsItIs(LogCompression compression) throws Exception {
    byte[] noise = new byte[200_000];
    new Random(1).nextBytes(noise);
    try (VectorSchemaRoot rows = bytes(noise);
        VectorSchemaRoot few = texts("x", 3)) {
      for (VectorSchemaRoot root : List.of(rows, few)) {
        Frame plain = frame(root, LogCompression.NONE);
        Frame frame = frame(root, compression);
        assertThat(codec(frame, SCHEMA)).isEqualTo(BatchMessage.UNCOMPRESSED);
        assertThat(frame.body()).isEqualTo(plain.body());
        plain.release();
        frame.release();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aBufferThatGainsNothingIsStoredBesideOthers(LogCompression compression) throws Exception {
    byte[] noise = new byte[50_000];
    new Random(1).nextBytes(noise);
    try (VectorSchemaRoot rows = rows("the same text again and again", noise, 5_000)) {
      Frame frame = frame(rows, compression);
      RecordBatch batch = FrameMessage.read(frame, LAYOUT);
      int stored = 0;
      for (int i = 0; i < batch.buffersLength(); i++) {
        Buffer buffer = batch.buffers(i);
        boolean isStored = buffer.length() > 0 && frame.body().getLongLE(at(frame, buffer)) == -1;
        if (isStored && buffer.length() == noise.length + 8) {
          stored++;
        }
      }
      assertThat(stored).isOne();
      try (VectorSchemaRoot read = decoder.decode(frame)) {
        assertSame(read, rows.getFieldVectors(), 0, "stored beside others");
      }
      frame.release();
    }
  }

  /** Another version of a codec must not split a retried batch elsewhere. */
  @Test
  void framesEndAtTheSameRowsHoweverTheyAreCompressed() throws Exception {
    FrameEncoder encoder = new FrameEncoder(64 << 10);
    try (VectorSchemaRoot rows = texts("the same text again and again", 20_000)) {
      List<List<Integer>> ends = new ArrayList<>();
      for (LogCompression compression : LogCompression.values()) {
        List<FrameRows> frames = encoder.encode(rows, compression);
        ends.add(frames.stream().map(FrameRows::firstRow).toList());
        assertThat(frames).hasSizeGreaterThan(3);
        frames.forEach(FrameRows::release);
      }
      assertThat(ends).containsOnly(ends.get(0));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aBufferThatLiesAboutItsLengthIsCorrupt(LogCompression compression) throws Exception {
    try (VectorSchemaRoot rows = texts("the same text again and again", 5_000)) {
      Frame frame = frame(rows, compression);
      RecordBatch batch = FrameMessage.read(frame, LAYOUT);
      int compressed = 0;
      for (int i = 0; i < batch.buffersLength(); i++) {
        if (batch.buffers(i).length() == 0) {
          continue;
        }
        int at = at(frame, batch.buffers(i));
        long claim = frame.body().getLongLE(at);
        compressed += claim == -1 ? 0 : 1;
        List<Long> lies =
            claim == -1
                ? List.of(-2L)
                : List.of(claim + 1, claim - 1, 0L, -2L, Long.MIN_VALUE, 5L << 20, 1L << 40);
        for (long lie : lies) {
          Frame lying = copy(frame);
          lying.body().setLongLE(at, lie);
          assertThatThrownBy(() -> decoder.decode(lying))
              .as("%d instead of %d", lie, claim)
              .isInstanceOf(CorruptEntryException.class);
          lying.release();
        }
      }
      assertThat(compressed).isPositive();
      frame.release();
    }
  }

  @Test
  void buffersThatAreTooLargeTogetherAreCorrupt() throws Exception {
    try (VectorSchemaRoot rows = texts("the same text again and again", 5_000)) {
      Frame frame = frame(rows, LogCompression.ZSTD);
      RecordBatch batch = FrameMessage.read(frame, LAYOUT);
      Frame lying = copy(frame);
      for (int i = 0; i < batch.buffersLength(); i++) {
        if (batch.buffers(i).length() > 0) {
          lying.body().setLongLE(at(frame, batch.buffers(i)), 3 << 20);
        }
      }
      assertThatThrownBy(() -> decoder.decode(lying))
          .isInstanceOf(CorruptEntryException.class)
          .hasMessageContaining("more than 4194304");
      lying.release();
      frame.release();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void brokenBytesAreCorruptOrOtherRowsButNothingWorse(LogCompression compression)
      throws Exception {
    try (VectorSchemaRoot rows = texts("the same text again and again", 300)) {
      Frame frame = frame(rows, compression);
      int refused = 0;
      for (long seed = 0; seed < 3_000; seed++) {
        Random random = new Random(seed);
        Frame broken = copy(frame);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          broken.body().setByte(random.nextInt(broken.body().readableBytes()), random.nextInt());
        }
        try (VectorSchemaRoot read = decoder.decode(broken)) {
          assertThat(read.getRowCount()).isEqualTo(300);
        } catch (CorruptEntryException e) {
          refused++;
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + seed, e);
        } finally {
          broken.release();
        }
      }
      assertThat(refused).isPositive();
      frame.release();
    }
  }

  private static void assertSame(
      VectorSchemaRoot read, List<FieldVector> written, int from, String what) {
    for (int i = 0; i < written.size(); i++) {
      RangeEqualsVisitor equal =
          new RangeEqualsVisitor(written.get(i), read.getVector(i), (left, right) -> true);
      assertThat(equal.rangeEquals(new Range(from, 0, read.getRowCount())))
          .as("%s, %s", what, written.get(i).getField())
          .isTrue();
    }
  }

  private static int at(Frame frame, Buffer buffer) {
    return frame.body().readerIndex() + (int) buffer.offset();
  }

  private static Frame copy(Frame frame) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeBytes(frame.message()).writeBytes(frame.body());
    return Frame.of(frame.header(), bytes, frame.message().readableBytes());
  }

  private static byte codec(Frame frame, Schema schema) {
    return FrameMessage.codec(FrameMessage.read(frame, BatchLayout.of(schema)));
  }

  private static Frame frame(VectorSchemaRoot rows, LogCompression compression) throws Exception {
    return frame(new FrameEncoder(LIMIT), rows, compression);
  }

  private static Frame frame(FrameEncoder encoder, VectorSchemaRoot rows, LogCompression how)
      throws Exception {
    List<FrameRows> frames = encoder.encode(rows, how);
    assertThat(frames).hasSize(1);
    int count = rows.getRowCount();
    ByteBuf entry =
        DataEntry.encode(List.of(new DataEntry.Part(frames.get(0), 0, null, count)), 0, 1);
    Frame frame = DataEntry.frames(entry).get(0);
    frames.get(0).release();
    entry.release();
    return frame;
  }

  private VectorSchemaRoot texts(String text, int count) {
    return rows(text, new byte[0], count);
  }

  private VectorSchemaRoot bytes(byte[] value) {
    return rows("", value, 1);
  }

  private VectorSchemaRoot rows(String text, byte[] first, int count) {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    ((VarBinaryVector) root.getVector("c_binary")).setSafe(0, first);
    for (int row = 0; row < count; row++) {
      ((VarCharVector) root.getVector("c_string")).setSafe(row, text.getBytes(UTF_8));
    }
    root.setRowCount(count);
    return root;
  }

  /** Of each column all, some or no values are null, and few or all bits of a value are set. */
  private VectorSchemaRoot rows(Random random, int count) {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    for (FieldVector vector : root.getFieldVectors()) {
      int values = random.nextInt(5);
      boolean wide = random.nextBoolean();
      vector.setInitialCapacity(count);
      vector.allocateNew();
      for (int row = 0; row < count; row++) {
        if (random.nextInt(4) < values) {
          set(vector, row, random, wide);
        }
      }
    }
    root.setRowCount(count);
    return root;
  }

  private static void set(FieldVector vector, int row, Random random, boolean wide) {
    int length = random.nextInt(wide ? 40 : 4);
    if (vector instanceof BitVector bits) {
      bits.setSafe(row, random.nextInt(wide ? 2 : 1));
    } else if (vector instanceof VarCharVector texts) {
      texts.setSafe(row, "é".repeat(length).getBytes(UTF_8));
    } else if (vector instanceof VarBinaryVector binaries) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      binaries.setSafe(row, bytes);
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      int width = fixed.getTypeWidth();
      BitVectorHelper.setBit(fixed.getValidityBuffer(), row);
      for (int i = 0; i < width; i++) {
        int bits = wide || i == 0 ? random.nextInt(100) : 0;
        fixed.getDataBuffer().setByte((long) row * width + i, bits);
      }
    }
  }

  private static List<NestedField> columns() {
    List<Type> types =
        List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.LongType.get(),
            Types.FloatType.get(),
            Types.DoubleType.get(),
            Types.DecimalType.of(9, 2),
            Types.DecimalType.of(38, 10),
            Types.DateType.get(),
            Types.TimeType.get(),
            Types.TimestampType.withoutZone(),
            Types.TimestampType.withZone(),
            Types.UUIDType.get(),
            Types.FixedType.ofLength(3));
    List<NestedField> columns = new ArrayList<>();
    columns.add(optional(1, "c_string", Types.StringType.get()));
    columns.add(optional(2, "c_binary", Types.BinaryType.get()));
    for (Type type : types) {
      columns.add(optional(columns.size() + 1, "c_" + columns.size(), type));
    }
    return columns;
  }
}
