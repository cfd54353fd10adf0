package io.sluice.catalog.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.BlockSize;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream.Parameters;
import org.junit.jupiter.api.Test;

/** Our LZ4 frames against those of Commons Compress. */
class Lz4FrameTest {

  private static final List<Integer> SIZES = List.of(1, 12, 13, 1_000, 65_536, 65_537, 1 << 20);

  @Test
  void anotherReaderInflatesWhatIsWritten() throws Exception {
    for (int size : SIZES) {
      for (byte[] bytes : List.of(repeating(size), noise(size))) {
        byte[] frame = write(bytes);
        // It checks the header's hash too.
        try (var in = new FramedLZ4CompressorInputStream(new ByteArrayInputStream(frame))) {
          assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThat(inflate(frame, size)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void plainFramesOfAnotherWriterAreInflated() throws Exception {
    for (BlockSize block : BlockSize.values()) {
      for (int size : SIZES) {
        for (byte[] bytes : List.of(repeating(size), noise(size))) {
          byte[] frame = foreign(bytes, new Parameters(block, false, false, false));
          assertThat(Lz4Frame.isPlain(ByteBuffer.wrap(frame))).isTrue();
          assertThat(inflate(frame, size)).isEqualTo(bytes);
        }
      }
    }
  }

  @Test
  void otherFramesAreNotPlain() throws Exception {
    byte[] bytes = repeating(100_000);
    for (Parameters form :
        List.of(
            new Parameters(BlockSize.K64, true, false, false),
            new Parameters(BlockSize.K64, false, true, false),
            new Parameters(BlockSize.K64, false, false, true))) {
      byte[] frame = foreign(bytes, form);
      assertThat(Lz4Frame.isPlain(ByteBuffer.wrap(frame))).isFalse();
      assertThatThrownBy(() -> inflate(frame, bytes.length))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Lz4Frame.isPlain(ByteBuffer.allocate(3))).isFalse();
    assertThat(Lz4Frame.isPlain(ByteBuffer.allocate(30))).isFalse();
  }

  @Test
  void aFrameThatIsCutOrLongerOrLargerThanTheRoomIsRefused() throws Exception {
    for (byte[] bytes : List.of(repeating(5_000), noise(5_000))) {
      byte[] frame = foreign(bytes, new Parameters(BlockSize.K64, false, false, false));
      for (int length = 0; length < frame.length; length++) {
        byte[] cut = Arrays.copyOf(frame, length);
        assertThatThrownBy(() -> inflate(cut, bytes.length)).isInstanceOf(RuntimeException.class);
      }
      byte[] longer = Arrays.copyOf(frame, frame.length + 1);
      assertThatThrownBy(() -> inflate(longer, bytes.length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("1 bytes follow the frame");
      assertThatThrownBy(() -> inflate(frame, bytes.length - 1))
          .isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void hostileBlocksWriteNowhereElse() throws Exception {
    byte[] bytes = repeating(3_000);
    byte[] good = write(bytes);
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] frame = good.clone();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        frame[7 + random.nextInt(frame.length - 7)] = (byte) random.nextInt();
      }
      // The room is in the middle of more, which must stay as it is.
      ByteBuffer all = ByteBuffer.allocateDirect(3_000 + 2 * 512);
      ByteBuffer room = all.slice(512, 3_000);
      try {
        assertThat(Lz4Frame.inflate(direct(frame), room)).isBetween(0, 3_000);
      } catch (IllegalArgumentException | io.airlift.compress.MalformedInputException e) {
        // As it should be.
      }
      for (int i = 0; i < 512; i++) {
        assertThat(all.get(i) | all.get(512 + 3_000 + i)).as("seed %d", seed).isZero();
      }
    }
  }

  private static byte[] write(byte[] bytes) {
    Lz4Compressor compressor = new Lz4Compressor();
    ByteBuffer to = ByteBuffer.allocateDirect(Lz4Frame.bound(compressor, bytes.length));
    Lz4Frame.write(compressor, direct(bytes), to);
    byte[] frame = new byte[to.position()];
    to.get(0, frame);
    return frame;
  }

  private static byte[] foreign(byte[] bytes, Parameters form) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var frame = new FramedLZ4CompressorOutputStream(out, form)) {
      frame.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] inflate(byte[] frame, int room) {
    ByteBuffer to = ByteBuffer.allocateDirect(room);
    int length = Lz4Frame.inflate(direct(frame), to);
    byte[] bytes = new byte[length];
    to.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.BIG_ENDIAN).put(bytes).rewind();
  }

  private static byte[] repeating(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 7 * (i % 100 == 0 ? 3 : 1));
    }
    return bytes;
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
