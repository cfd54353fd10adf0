package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.lz4.Lz4Compressor;
import io.sluice.catalog.codec.Lz4Frame;
import java.nio.ByteBuffer;
import org.apache.arrow.compression.Lz4CompressionCodec;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Lz4CodecTest {

  private static final int BYTES = 10_000;

  private final RootAllocator allocator = new RootAllocator();
  private final CompressionCodec codec = new Lz4Codec();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void whatGatewaysWriteIsInflated() {
    ArrowBuf buffer = plain();
    try (ArrowBuf inflated = codec.decompress(allocator, buffer)) {
      assertRepeating(inflated);
    }
  }

  @Test
  void whatArrowWritesIsInflatedToo() {
    for (CompressionCodec writer : new CompressionCodec[] {codec, new Lz4CompressionCodec()}) {
      ArrowBuf compressed = writer.compress(allocator, repeating());
      try (ArrowBuf inflated = codec.decompress(allocator, compressed)) {
        assertRepeating(inflated);
      }
    }
  }

  @Test
  void whatIsStoredOrEmptyIsAsItWas() {
    ArrowBuf stored = allocator.buffer(8 + BYTES);
    stored.setLong(0, -1);
    for (int i = 0; i < BYTES; i++) {
      stored.setByte(8 + i, i % 10);
    }
    stored.writerIndex(8 + BYTES);
    try (ArrowBuf inflated = codec.decompress(allocator, stored)) {
      assertRepeating(inflated);
    }
    ArrowBuf empty = allocator.buffer(8);
    empty.writeLong(0);
    try (ArrowBuf inflated = codec.decompress(allocator, empty)) {
      assertThat(inflated.readableBytes()).isZero();
    }
  }

  @Test
  void aLengthThatIsALieIsRefused() {
    try (ArrowBuf buffer = plain()) {
      for (long lie : new long[] {BYTES - 1, BYTES + 1}) {
        buffer.setLong(0, lie);
        assertThatThrownBy(() -> codec.decompress(allocator, buffer))
            .isInstanceOf(RuntimeException.class);
      }
    }
  }

  private ArrowBuf plain() {
    Lz4Compressor compressor = new Lz4Compressor();
    ByteBuffer frame = ByteBuffer.allocateDirect(Lz4Frame.bound(compressor, BYTES));
    try (ArrowBuf bytes = repeating()) {
      Lz4Frame.write(compressor, bytes.nioBuffer(0, BYTES), frame);
    }
    ArrowBuf buffer = allocator.buffer(8L + frame.position());
    buffer.writeLong(BYTES);
    buffer.setBytes(8, frame.flip());
    buffer.writerIndex(8L + frame.limit());
    return buffer;
  }

  private ArrowBuf repeating() {
    ArrowBuf bytes = allocator.buffer(BYTES);
    for (int i = 0; i < BYTES; i++) {
      bytes.writeByte(i % 10);
    }
    return bytes;
  }

  private static void assertRepeating(ArrowBuf bytes) {
    assertThat(bytes.readableBytes()).isEqualTo(BYTES);
    for (int i = 0; i < BYTES; i++) {
      assertThat(bytes.getByte(i)).isEqualTo((byte) (i % 10));
    }
  }
}
