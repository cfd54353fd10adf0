package io.sluice.log.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutBoundsTest {

  private static final int[] POINTS = {'a', 'z', 0x7F, 0x7FF, 0xD7FF, 0xFFFF, 0x10000, 0x10FFFF};

  @Test
  void textsStayBetweenTheirBounds() {
    for (long seed = 0; seed < 5_000; seed++) {
      String text = text(new Random(seed));
      byte[] value = text.getBytes(UTF_8);
      ByteBuffer lower = CutBounds.lower(value, true);
      assertThat(compare(lower, value)).as("lower, seed %d", seed).isNotPositive();
      ByteBuffer upper = CutBounds.upper(value, true);
      if (upper == null) {
        assertThat(text.codePointAt(0)).as("seed %d", seed).isEqualTo(Character.MAX_CODE_POINT);
        continue;
      }
      String bound = UTF_8.decode(upper.duplicate()).toString();
      assertThat(bound).as("valid text, seed %d", seed).doesNotContain("\uFFFD");
      assertThat(upper.remaining()).isLessThanOrEqualTo(ColumnBounds.MAX_BYTES);
      assertThat(compare(upper, value)).as("seed %d", seed).isNotNegative();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aaaaaaaaaaaaaaaab, aaaaaaaaaaaaaaab",
    "aaaaaaaaaaaaaaa\uD7FF, aaaaaaaaaaaaaab",
    "aaaaaaaaaaaaa\uD7FFb, aaaaaaaaaaaaa\uE000",
    "aaaaaaaaaaaaaaa\u007Fb, aaaaaaaaaaaaaab",
    "aaaaaaaaaaaaaaaa, aaaaaaaaaaaaaaaa",
  })
  void theLastCharacterThatCanBeIsRaised(String text, String upper) {
    assertThat(CutBounds.upper(text.getBytes(UTF_8), true)).isEqualTo(value(upper));
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(24); i >= 0; i--) {
      text.appendCodePoint(POINTS[random.nextInt(POINTS.length)]);
    }
    return text.toString();
  }

  private static int compare(ByteBuffer left, byte[] right) {
    byte[] bytes = new byte[left.remaining()];
    left.duplicate().get(bytes);
    return Arrays.compareUnsigned(bytes, right);
  }

  private static ByteBuffer value(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
