package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.sluice.gateway.errors.ProblemException;
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

  private static byte[] gzip(byte[] plain) throws Exception {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
