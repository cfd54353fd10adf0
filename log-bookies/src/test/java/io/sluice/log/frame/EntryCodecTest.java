package io.sluice.log.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryCodecTest {

  private static final WriterSequence WRITER = new WriterSequence(new UUID(1, 2), 3);

  @Test
  void aDataEntryHasTheBytesOfItsVersion() {
    ByteBuf entry = DataEntry.encode(List.of(part(WRITER)), 100, 1_722_000_000_000_000L);
    assertThat(ByteBufUtil.hexDump(entry)).isEqualTo(golden());
    entry.release();
  }

  /** Bytes of version 1: a change here is a change of format, and needs a new version. */
  private static String golden() {
    return String.join(
        "",
        // entry: version, type, reserved, rows, relative offset, frames
        "01010000" + "00000005" + "0000000000000064" + "00000001",
        // frame: version, present, reserved, length, header length, message length
        "01010000" + "0000006f" + "00000063" + "00000008",
        // flags, schema, rows, first row, batch rows, columns
        "00000000" + "00000007" + "00000005" + "00000002" + "00000007" + "00000001",
        // time, writer, sequence
        "00061e265e4da000" + "00000000000000010000000000000002" + "0000000000000003",
        // field, kind, nulls, lengths, lower, upper
        "00000009" + "02" + "00000001" + "08" + "08" + "0500000000000000" + "0600000000000000",
        // message, body
        ByteBufUtil.hexDump("message!".getBytes(UTF_8)),
        ByteBufUtil.hexDump("body".getBytes(UTF_8)));
  }

  @Test
  void framesAreReadBackAsTheyWereWritten() {
    ByteBuf entry = DataEntry.encode(List.of(part(WRITER), part(null)), 100, 17);
    List<Frame> frames = DataEntry.frames(entry);
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0).header()).isEqualTo(new FrameHeader(5, 7, 0, 17, WRITER, 2, 7));
    assertThat(frames.get(0).bounds()).containsExactly(bounds());
    assertThat(frames.get(1).header().writer()).isNull();
    assertThat(frames.get(1).message().toString(UTF_8)).isEqualTo("message!");
    assertThat(frames.get(1).body().toString(UTF_8)).isEqualTo("body");
    entry.release();
    assertThat(entry.refCnt()).isEqualTo(2);
    frames.forEach(Frame::release);
    assertThat(entry.refCnt()).isZero();
  }

  @Test
  void damagedEntriesAreRefusedAndLeakNothing() {
    Random random = new Random(5);
    ByteBuf good = DataEntry.encode(List.of(part(WRITER), part(null)), 100, 17);
    for (int i = 0; i < 20_000; i++) {
      ByteBuf bad = good.copy();
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        bad.setByte(random.nextInt(bad.readableBytes()), random.nextInt(256));
      }
      bad.writerIndex(random.nextInt(4) == 0 ? random.nextInt(bad.capacity()) : bad.capacity());
      readOrRefuse(bad);
      assertThat(bad.refCnt()).isEqualTo(1);
      bad.release();
    }
    good.release();
  }

  private static void readOrRefuse(ByteBuf bytes) {
    try {
      for (Frame frame : DataEntry.frames(bytes)) {
        // What was let through can be read.
        frame.bounds().forEach(bounds -> assertThat(bounds.nullCount()).isNotNegative());
        frame.release();
      }
    } catch (CorruptEntryException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void anotherVersionIsRefused() {
    ByteBuf entry = DataEntry.encode(List.of(part(null)), 0, 17);
    entry.setByte(0, 3);
    assertThatThrownBy(() -> DataEntry.frames(entry))
        .isInstanceOf(NewerEntryException.class)
        .hasMessage(
            "the entry is of version 3, but this Sluice reads 2: it is older than what wrote that;"
                + " upgrade it");
    entry.setByte(0, 0);
    assertThatThrownBy(() -> DataEntry.frames(entry))
        .isExactlyInstanceOf(CorruptEntryException.class)
        .hasMessage("the version of a DATA entry is 0, this reader knows 1");
    entry.setByte(0, 1);
    entry.setByte(EntryHeader.SIZE, 9);
    assertThatThrownBy(() -> DataEntry.frames(entry))
        .isInstanceOf(NewerEntryException.class)
        .hasMessageStartingWith("frame at byte 20 is of version 9, but this Sluice reads 1");
    entry.release();
  }

  @Test
  void aFrameWhoseRowsMeanSomethingElseIsRefused() {
    ByteBuf entry = DataEntry.encode(List.of(part(null)), 0, 17);
    entry.setInt(EntryHeader.SIZE + FrameCodec.FLAGS_AT, 1);
    assertThatThrownBy(() -> DataEntry.frames(entry))
        .isInstanceOf(NewerEntryException.class)
        .hasMessage(
            "frame at byte 20 has flags that this Sluice doesn't know, 1: it is older than what"
                + " wrote that; upgrade it");
    assertThat(entry.refCnt()).isEqualTo(1);
    entry.release();
  }

  private static ColumnBounds bounds() {
    return new ColumnBounds(9, BoundKind.LONG, 1, ofLong(5), ofLong(6));
  }

  private static ByteBuffer ofLong(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
  }

  private static DataEntry.Part part(@Nullable WriterSequence writer) {
    return new DataEntry.Part(
        new FrameRows(
            5,
            2,
            List.of(bounds()),
            Unpooled.copiedBuffer("message!", UTF_8),
            Unpooled.copiedBuffer("body", UTF_8)),
        7,
        writer,
        7);
  }
}
