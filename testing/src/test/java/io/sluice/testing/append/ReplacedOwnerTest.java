package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.append.AppendException;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway whose bucket was claimed by another, which it wasn't told. */
@Timeout(60)
class ReplacedOwnerTest {

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  private CompletableFuture<Appended> append(BucketLog log, UUID writer, long sequence) {
    return log.append(world.batch(new WriterSequence(writer, sequence), List.of(1), 10));
  }

  @Test
  void itDoesNotCallASequenceWrongThatItCannotKnow() {
    world.calm();
    UUID writer = new UUID(1, 2);
    BucketLog replaced = await(world.log());
    world.takeOver();
    BucketLog owner = await(world.log());
    assertThat(await(append(owner, writer, 0)).offset()).isZero();
    assertThat(await(append(owner, writer, 1)).offset()).isEqualTo(1);

    assertThatThrownBy(() -> await(append(replaced, writer, 2)))
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class, why -> assertThat(why.reason()).isEqualTo(Reason.FENCED));
    assertThat(replaced.usable()).isFalse();
    assertThat(await(append(owner, writer, 2)).offset()).isEqualTo(2);
  }

  @Test
  void theOwnerSaysWhichSequenceIsWrong() {
    world.calm();
    BucketLog owner = await(world.log());
    assertThatThrownBy(() -> await(append(owner, new UUID(3, 4), 5)))
        .hasMessageContaining("unknown here")
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class,
            why -> assertThat(why.reason()).isEqualTo(Reason.UNKNOWN_WRITER));
    assertThat(owner.usable()).isTrue();
  }
}
