package io.sluice.gateway.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Seeded;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class Utf8Test {

  private static final int[] TELLING = {
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
    0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
  };

  @TestFactory
  Stream<DynamicTest> theFirstMalformedByteIsWhereTheJdksDecoderStops() {
    return Seeded.seeds(
        300,
        random -> {
          for (int run = 0; run < 100; run++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            for (int i = 0; i < bytes.length; i++) {
              bytes[i] = (byte) TELLING[random.nextInt(TELLING.length)];
            }
            assertThat(Utf8.firstMalformed(bytes, 0, bytes.length)).isEqualTo(naive(bytes));
          }
        });
  }

  private static int naive(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return decoder.decode(in, CharBuffer.allocate(64), true).isError() ? in.position() : -1;
  }
}
