package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls whose answers get lost, at gateways that would carry them out each time. */
@Timeout(60)
class LostAnswersTest {

  private final FakeLog log = new FakeLog(TableWriterTest.table(1, List.of(FakeGateway.COLUMN)));

  @Test
  void aTruncationIsNeverAskedForTwiceAndAFlushMayBe() throws Exception {
    try (FakeGateway first = new FakeGateway(log, new Random(0), 0);
        FakeGateway second = new FakeGateway(log, new Random(0), 0);
        SluiceClient client =
            SluiceClient.connect(
                ClientSettings.of(first.endpoint() + "," + second.endpoint())
                    .withRetryFor(Duration.ofMillis(500)))) {
      unavailable(() -> client.truncate(TableWriterTest.NAME, Duration.ofSeconds(5)));
      unavailable(() -> client.flush(TableWriterTest.NAME, Duration.ofSeconds(5)));

      assertThat(log.calls("truncate")).isEqualTo(1);
      assertThat(log.calls("flush")).isGreaterThan(1);
    }
  }

  private static void unavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.reason()).isEqualTo(SluiceException.Reason.UNAVAILABLE));
  }
}
