package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.SluiceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A writer whose bucket has forgotten it. */
@Timeout(120)
class ForgottenWriterTest {

  @Test
  void aWriterThatWasForgottenWhileItPausedGoesOn() throws Exception {
    try (FakeGateway gateway =
            new FakeGateway(TableWriterTest.table(2, List.of()), new Random(0), 0);
        SluiceClient client = TableWriterTest.connect(gateway);
        TableWriter writer =
            client.writer(TableWriterTest.NAME, WriterSettings.create().withBucket(1))) {
      long next = 0;
      for (int pause = 0; pause < 3; pause++) {
        List<CompletableFuture<List<Appended>>> answers = new ArrayList<>();
        gateway.hold();
        for (int i = 0; i < 5; i++) {
          answers.add(writer.append(row(next++)));
        }
        gateway.release();
        for (CompletableFuture<List<Appended>> answer : answers) {
          assertThat(answer.get(30, TimeUnit.SECONDS)).hasSize(1);
        }
        gateway.log().forgetWriters();
      }
      writer.flush();
      assertThat(gateway.log().rows(1)).isEqualTo(LongStream.range(0, next).boxed().toList());
    }
  }

  @Test
  void aBatchWhoseAnswerWasLostIsNotSentByANewName() throws Exception {
    try (FakeGateway gateway =
            new FakeGateway(TableWriterTest.table(1, List.of()), new Random(0), 0);
        SluiceClient client =
            TableWriterTest.connect(gateway, Duration.ofMillis(500), Duration.ofSeconds(30));
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      writer.append(row(0)).join();
      gateway.fallSilent();
      CompletableFuture<List<Appended>> unanswered = writer.append(row(1));
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (gateway.log().rows(0).size() < 2) {
        assertThat(System.nanoTime()).as("until it is stored").isLessThan(deadline);
        Thread.onSpinWait();
      }
      gateway.log().forgetWriters();
      assertThatThrownBy(() -> unanswered.get(30, TimeUnit.SECONDS))
          .satisfies(
              thrown ->
                  assertThat(TableWriter.failure(thrown).reason()).isEqualTo(Reason.SEQUENCE));
      assertThat(gateway.log().rows(0)).containsExactly(0L, 1L);
    }
  }

  private static List<Map<String, Object>> row(long n) {
    return List.of(Map.of(FakeGateway.COLUMN, n));
  }
}
