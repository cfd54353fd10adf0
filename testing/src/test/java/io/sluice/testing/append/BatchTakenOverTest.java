package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log takes its batches over. Who uses one after that is told, and nobody waits for ever. */
@Timeout(60)
class BatchTakenOverTest {

  private final AppendWorld world = new AppendWorld(new Random(1));
  private final UUID writer = new UUID(1, 2);

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  private RowBatch batch(long sequence) {
    return world.batch(new WriterSequence(writer, sequence), List.of(3), 10);
  }

  @Test
  void aBatchThatWasAppendedIsRefusedAndAnotherAttemptIsAnswered() {
    world.calm();
    BucketLog log = await(world.log());
    RowBatch batch = batch(0);
    assertThat(await(log.append(batch)).offset()).isZero();

    CompletableFuture<Appended> again = log.append(batch);

    assertThat(again).isCompletedExceptionally();
    assertThatThrownBy(again::join)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("make another one");
    assertThat(await(log.append(batch(0))).offset()).isZero();
    assertThat(await(log.append(batch(1))).offset()).isEqualTo(3);
  }

  @Test
  void aBatchThatIsReleasedOnItsWayFailsAndSoDoThoseBehindIt() {
    world.calm();
    BucketLog log = await(world.log());
    RowBatch released = batch(0);
    CompletableFuture<Appended> first = log.append(released);
    CompletableFuture<Appended> second = log.append(batch(1));
    released.release();

    world.time.runUntil(
        () -> "both answers", () -> first.isDone() && second.isDone(), Duration.ofMinutes(10));

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
  }
}
