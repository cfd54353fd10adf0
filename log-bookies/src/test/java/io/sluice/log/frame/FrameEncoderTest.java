package io.sluice.log.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {

  private static final int LIMIT = 64 << 10;

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              field("id", 1, new ArrowType.Int(64, true)), field("text", 2, new ArrowType.Utf8())));

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void rowsComeBackAsTheyWereAndInFramesBelowTheLimit() throws Exception {
    Random random = new Random(1);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      texts.add(random.nextInt(5) == 0 ? "" : "x".repeat(random.nextInt(100)) + i);
    }
    try (VectorSchemaRoot rows = rows(texts)) {
      List<FrameRows> frames = new FrameEncoder(LIMIT).encode(rows);
      assertThat(frames).hasSizeGreaterThan(3);
      List<String> read = new ArrayList<>();
      for (FrameRows frame : frames) {
        assertThat(frame.firstRow()).isEqualTo(read.size());
        readBack(frame, texts.size(), read);
        frame.release();
      }
      assertThat(read).isEqualTo(texts);
    }
  }

  private void readBack(FrameRows rows, int batchRows, List<String> read) {
    ByteBuf entry = DataEntry.encode(List.of(new DataEntry.Part(rows, 0, null, batchRows)), 0, 1);
    assertThat(entry.readableBytes()).isLessThanOrEqualTo(LIMIT);
    Frame frame = DataEntry.frames(entry).get(0);
    FrameDecoder decoder = new FrameDecoder(SCHEMA, allocator);
    try (VectorSchemaRoot decoded = decoder.decode(frame)) {
      for (int i = 0; i < decoded.getRowCount(); i++) {
        assertThat(((BigIntVector) decoded.getVector(0)).get(i)).isEqualTo(read.size());
        read.add(new String(((VarCharVector) decoded.getVector(1)).get(i), UTF_8));
      }
    }
    int last = rows.rows() - 1;
    try (VectorSchemaRoot cut = decoder.decode(frame, last, last + 1)) {
      assertThat(cut.getRowCount()).isEqualTo(1);
      assertThat(((BigIntVector) cut.getVector(0)).get(0)).isEqualTo(read.size() - 1);
    }
    frame.release();
    entry.release();
  }

  @Test
  void aRowOverTheLimitIsNamed() throws Exception {
    try (VectorSchemaRoot rows = rows(List.of("a", "b", "x".repeat(LIMIT), "c"))) {
      assertThatThrownBy(() -> new FrameEncoder(LIMIT).encode(rows))
          .isInstanceOf(RowTooLargeException.class)
          .hasMessageStartingWith("row 2 of the batch takes ");
    }
  }

  @Test
  void aRowWhoseValuesTakeAsMuchAsTheyMayIsNotTooLarge() throws Exception {
    FrameEncoder encoder = new FrameEncoder(LIMIT);
    for (int columns : List.of(1, 2, 7, 100, 300)) {
      List<Field> fields = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        fields.add(field("c" + i, i, new ArrowType.Utf8()));
      }
      long most = encoder.mostValueBytes(new Schema(fields));
      assertThat(most).isBetween(LIMIT - 1_024 - 160L * columns, (long) LIMIT);
      try (VectorSchemaRoot row = VectorSchemaRoot.create(new Schema(fields), allocator)) {
        for (int i = 0; i < columns; i++) {
          int bytes = (int) (most / columns + (i < most % columns ? 1 : 0));
          ((VarCharVector) row.getVector(i)).setSafe(0, "x".repeat(bytes).getBytes(UTF_8));
        }
        row.setRowCount(1);
        encoder.encode(row).forEach(FrameRows::release);
      }
    }
    Field text = field("c", 1, new ArrowType.Utf8());
    assertThat(encoder.mostValueBytes(new Schema(Collections.nCopies(5_000, text)))).isZero();
  }

  @Test
  void longTextsAreCutToBounds() throws Exception {
    String high = "zzzzzzzzzzzzzzzé and more";
    try (VectorSchemaRoot rows = rows(List.of("aaaaaaaaaaaaaaaaaaaa", high))) {
      FrameRows frame = new FrameEncoder(LIMIT).encode(rows).get(0);
      ColumnBounds bounds = frame.bounds().get(1);
      assertThat(bounds.lower()).isEqualTo(ByteBuffer.wrap("aaaaaaaaaaaaaaaa".getBytes(UTF_8)));
      assertThat(bounds.upper()).isEqualTo(ByteBuffer.wrap("zzzzzzzzzzzzzz{".getBytes(UTF_8)));
      frame.release();
    }
  }

  @Test
  void eachFrameOfABatchHasTheBoundsOfAllColumns() throws Exception {
    Schema schema = new Schema(List.of(field("key", 7, new ArrowType.FixedSizeBinary(16))));
    int count = 10_000;
    try (VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator)) {
      FixedSizeBinaryVector keys = (FixedSizeBinaryVector) rows.getVector(0);
      for (int i = 0; i < count; i++) {
        keys.setSafe(i, ByteBuffer.allocate(16).putInt(i).array());
      }
      rows.setRowCount(count);
      List<FrameRows> frames = new FrameEncoder(LIMIT).encode(rows);
      assertThat(frames).hasSizeGreaterThan(1);
      for (FrameRows frame : frames) {
        assertThat(frame.bounds()).hasSize(1);
        ByteBuffer lower = frame.bounds().get(0).lower();
        assertThat(lower == null ? -1 : lower.getInt(0)).isEqualTo(frame.firstRow());
        frame.release();
      }
    }
  }

  @Test
  void aBodyThatIsCutOffIsRefused() throws Exception {
    try (VectorSchemaRoot rows = rows(List.of("a", "b"))) {
      FrameRows good = new FrameEncoder(LIMIT).encode(rows).get(0);
      FrameRows bad = new FrameRows(2, 0, good.bounds(), good.message(), good.body().slice(0, 16));
      ByteBuf entry = DataEntry.encode(List.of(new DataEntry.Part(bad, 0, null, 2)), 0, 1);
      Frame frame = DataEntry.frames(entry).get(0);
      assertThatThrownBy(() -> new FrameDecoder(SCHEMA, allocator).decode(frame))
          .isInstanceOf(CorruptEntryException.class)
          .hasMessageContaining("of a body of 16 bytes");
      frame.release();
      entry.release();
      good.release();
    }
  }

  private VectorSchemaRoot rows(List<String> texts) {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    root.allocateNew();
    for (int i = 0; i < texts.size(); i++) {
      ((BigIntVector) root.getVector(0)).setSafe(i, i);
      ((VarCharVector) root.getVector(1)).setSafe(i, texts.get(i).getBytes(UTF_8));
    }
    root.setRowCount(texts.size());
    return root;
  }

  private static Field field(String name, int id, ArrowType type) {
    return new Field(
        name,
        new FieldType(true, type, null, Map.of("PARQUET:field_id", Integer.toString(id))),
        null);
  }
}
