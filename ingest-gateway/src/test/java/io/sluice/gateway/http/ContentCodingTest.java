package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.sluice.gateway.errors.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ContentCodingTest {

  private static final byte[] PLAIN = new byte[300_000];

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws Exception {
    ByteBudget.Share share = new ByteBudget(1 << 20).share();

    assertThat(ContentCoding.remove("zstd", Zstd.compress(PLAIN), PLAIN.length, share))
        .isEqualTo(PLAIN);
    assertThat(ContentCoding.remove("", PLAIN, PLAIN.length, share)).isSameAs(PLAIN);
  }

  @Test
  void aByteMoreIsRefusedAndNoMoreThanTheLimitIsInflated() {
    ByteBudget budget = new ByteBudget(1 << 20);
    ByteBudget.Share share = budget.share();

    assertThatThrownBy(
            () -> ContentCoding.remove("zstd", Zstd.compress(PLAIN), PLAIN.length - 1, share))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().httpStatus()).isEqualTo(413));
    assertThat(budget.taken()).isEqualTo(PLAIN.length - 1);
    share.close();
    share.close();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void whatAllRequestsTogetherMayNotHoldIsPutOff() {
    ByteBudget budget = new ByteBudget(100_000);

    assertThatThrownBy(
            () -> ContentCoding.remove("gzip", gzip(PLAIN), PLAIN.length, budget.share()))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().httpStatus()).isEqualTo(429));
  }

  @Test
  void membersAndFramesFollowEachOther() throws Exception {
    assertThat(remove("gzip", join(gzip(bytes("a\n")), gzip(bytes("b\n")), gzip(bytes("")))))
        .isEqualTo(bytes("a\nb\n"));
    assertThat(remove("gzip", join(gzip(PLAIN), gzip(PLAIN)))).hasSize(2 * PLAIN.length);
    assertThat(remove("zstd", join(Zstd.compress(bytes("a\n")), Zstd.compress(bytes("b\n")))))
        .isEqualTo(bytes("a\nb\n"));
  }

  @Test
  void nothingThatFollowsIsLeftOut() throws Exception {
    for (byte[] rest : List.of(bytes("b"), bytes("b\n{\"id\":1}\n and so on"), new byte[] {0, 1})) {
      refused("gzip", join(gzip(bytes("a\n")), rest));
      refused("zstd", join(Zstd.compress(bytes("a\n")), rest));
    }
  }

  @Test
  void whatIsCutOrDamagedAnywhereIsRefused() throws Exception {
    for (String coding : List.of("gzip", "zstd")) {
      byte[] one = coding.equals("gzip") ? gzip(bytes("a\n")) : Zstd.compress(bytes("a\n"));
      byte[] two = join(one, one);
      for (int length = 0; length < two.length; length++) {
        if (length != one.length && !(length == 0 && coding.equals("zstd"))) {
          refused(coding, Arrays.copyOf(two, length));
        }
      }
    }
    byte[] header = join(gzip(bytes("a\n")), gzip(bytes("b\n")));
    header[gzip(bytes("a\n")).length + 1] ^= 1;
    refused("gzip", header);
  }

  private static void refused(String coding, byte[] body) {
    assertThatThrownBy(() -> remove(coding, body))
        .as(coding + " of " + body.length)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().httpStatus()).isEqualTo(400));
  }

  private static byte[] remove(String coding, byte[] body) throws ProblemException {
    return ContentCoding.remove(coding, body, 1 << 20, new ByteBudget(8 << 20).share());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
