package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableOptions;
import io.sluice.log.append.BucketLog;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bucket that is open while its table's options are altered. */
@Timeout(60)
class AlteredOptionsTest {

  private final AppendWorld world = new AppendWorld(new Random(1));

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  @Test
  void theNextSegmentIsSealedAtTheNewAge() {
    world.calm();
    BucketLog log = await(world.log());
    log.follow(TableOptions.parse(Map.of("segment.max-age", "1d")));
    append(log, 0);
    long sealed = log.state().sealedSegments().size();
    world.time.run(Duration.ofHours(1));
    assertThat(log.state().sealedSegments()).hasSize((int) sealed);

    await(log.seal());
    log.follow(TableOptions.parse(Map.of("segment.max-age", "1s")));
    append(log, 1);
    world.time.runUntil(
        () -> "a segment that is sealed by its age",
        () -> log.state().sealedSegments().size() == sealed + 2,
        Duration.ofSeconds(10));
  }

  private void append(BucketLog log, long sequence) {
    WriterSequence writer = new WriterSequence(new UUID(1, 2), sequence);
    assertThat(await(log.append(world.batch(writer, List.of(1), 10))).rows()).isEqualTo(1);
  }
}
