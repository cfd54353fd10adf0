package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.append.AppendException;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.ReadException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asks buckets for writers. */
@Timeout(60)
class KnownWriterTest {

  private static final UUID WRITER = new UUID(1, 2);

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  @Test
  void aWriterIsKnownOnceItsRowsAreDurableAndUnsureWhileTheyAreOnTheirWay() {
    world.calm();
    BucketLog log = await(world.log());
    assertThat(await(log.knows(WRITER))).isFalse();

    CompletableFuture<Appended> appending =
        log.append(world.batch(new WriterSequence(WRITER, 0), List.of(1), 10));
    CompletableFuture<Boolean> early = log.knows(WRITER);
    assertThatThrownBy(() -> await(early))
        .hasMessageContaining("are on their way")
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class, why -> assertThat(why.reason()).isEqualTo(Reason.UNAVAILABLE));
    assertThat(await(appending).offset()).isZero();
    assertThat(await(log.knows(WRITER))).isTrue();
    assertThat(await(log.knows(new UUID(3, 4)))).isFalse();

    world.takeOver();
    assertThat(await(await(world.log()).knows(WRITER))).as("at the next owner").isTrue();
  }

  @Test
  void aLogThatHasEndedDoesNotSayThatNoRowIsSoYoung() {
    world.calm();
    BucketLog log = await(world.log());
    await(log.append(world.batch(new WriterSequence(WRITER, 0), List.of(1), 10)));
    assertThat(await(log.offsetAtTime(0))).hasValue(0);
    log.abandon();
    assertThatThrownBy(() -> await(log.offsetAtTime(0)))
        .cause()
        .isInstanceOfSatisfying(
            ReadException.class,
            why -> assertThat(why.reason()).isEqualTo(ReadException.Reason.CLOSED));
  }

  @Test
  void aLogThatHasEndedSaysNothing() {
    world.calm();
    BucketLog log = await(world.log());
    log.abandon();
    assertThatThrownBy(() -> await(log.knows(WRITER)))
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class, why -> assertThat(why.reason()).isEqualTo(Reason.FENCED));
  }
}
