package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.PlacedFrame;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that gives buckets up, and is closed meanwhile. */
@Timeout(60)
class ReleaseTest {

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  @Test
  void whatIsBeingGivenUpIsSealedBeforeTheGatewayIsClosed() {
    world.calm();
    BucketLog log = await(world.log());
    await(log.append(world.batch(new WriterSequence(new UUID(1, 2), 0), List.of(3), 10)));
    assertThat(await(world.records.load(world.bucket)).openSegment()).isPresent();
    BucketLogs gateway = world.gateway();
    CompletableFuture<Void> released = gateway.release(world.bucket);
    CompletableFuture<Void> closed = gateway.closeAll(Duration.ofMinutes(1));
    assertThat(closed).as("sealing takes its time").isNotDone();
    await(closed);
    assertThat(released).isDone();
    assertThat(await(world.records.load(world.bucket)).openSegment()).isEmpty();
    assertThat(await(world.records.load(world.bucket)).sealedEndOffset()).isEqualTo(3);
  }

  @Test
  void whoFollowsABucketThatIsBeingGivenUpHearsOfALostSession() {
    world.calm();
    BucketLog log = await(world.log());
    await(log.append(world.batch(new WriterSequence(new UUID(1, 2), 0), List.of(3), 10)));
    CompletableFuture<List<PlacedFrame>> next = log.read(3, Long.MAX_VALUE).next(1_000);
    // The metadata store is out of reach: the bucket can't be sealed.
    world.records.faults(1);
    CompletableFuture<Void> released = world.gateway().release(world.bucket);
    world.time.run(Duration.ofSeconds(5));
    assertThat(released).isNotDone();
    assertThat(next).isNotDone();

    world.gateway().sessionLost();

    assertThatThrownBy(() -> await(next)).hasMessageContaining("lost its session");
  }
}
