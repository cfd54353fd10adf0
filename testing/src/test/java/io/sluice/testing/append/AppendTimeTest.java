package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The append times of a bucket's rows, at gateways whose clocks differ. */
@Timeout(60)
class AppendTimeTest {

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  @Test
  void itDoesNotGoBackThoughAllRowsHaveLeftTheLog() {
    world.calm();
    world.time.misset(TimeUnit.HOURS.toMicros(1));
    BucketLog ahead = await(world.log());
    long first = append(ahead, 0);
    await(ahead.seal());
    world.lake.compact();
    world.time.run(Duration.ofSeconds(1));
    await(ahead.retain(Duration.ZERO));
    assertThat(await(world.records.load(world.bucket)).sealedSegments()).isEmpty();

    world.time.misset(0);
    world.takeOver();
    assertThat(append(await(world.log()), 1)).isGreaterThanOrEqualTo(first);
  }

  /** Returns the append time of a row that was appended. */
  private long append(BucketLog log, long sequence) {
    WriterSequence writer = new WriterSequence(new UUID(1, 2), sequence);
    long offset = await(log.append(world.batch(writer, List.of(1), 10))).offset();
    try (FrameCursor cursor = log.read(offset, offset + 1)) {
      List<PlacedFrame> frames = await(cursor.next(1 << 20));
      long time = frames.get(0).timeMicros();
      frames.forEach(PlacedFrame::release);
      return time;
    }
  }
}
