package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Claim;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.table.TableOptions;
import io.sluice.log.append.AppendException;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.SealListener;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentWriter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a bucket's segments with their age, however many there are. */
@Timeout(60)
class SegmentAgeTest {

  private final AppendWorld world = new AppendWorld(new Random(1));
  private long sequence;

  @BeforeEach
  void nothingFails() {
    world.calm();
  }

  private <T> T await(CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, Duration.ofMinutes(10));
    return future.join();
  }

  private void append(BucketLog log, int padding) {
    WriterSequence writer = new WriterSequence(new UUID(1, 2), sequence++);
    assertThat(await(log.append(world.batch(writer, List.of(1), padding))).rows()).isEqualTo(1);
  }

  @Test
  void anOldSegmentIsSealedOnceTheLakeHasCaughtUp() {
    BucketLog log = open(500, 0);
    append(log, 10);
    world.time.run(Duration.ofSeconds(10));
    assertThat(log.state().openSegment()).as("of so many").isPresent();
    takeIntoLake();
    world.time.run(Duration.ofSeconds(10));
    assertThat(log.state().openSegment()).isEmpty();

    await(log.retain(Duration.ZERO));
    append(log, 10);
    world.time.run(Duration.ofSeconds(10));
    assertThat(log.state().openSegment()).isEmpty();
  }

  @Test
  void segmentsThatOnlyWaitForTheirRetentionKeepNoOtherFromBeingSealed() {
    BucketLog log = open(498, 498);
    for (int row = 0; row < 5; row++) {
      append(log, 10);
      world.time.run(Duration.ofMillis(1_100));
      takeIntoLake();
      await(log.retain(Duration.ofDays(1)));
    }
    assertThat(log.state().openSegment()).isEmpty();
    assertThat(log.state().sealedSegments()).hasSize(503);
  }

  @Test
  void aBucketWithAsManySegmentsAsItMayHaveIsNotSealedOnDemandAndSaysWhy() {
    BucketLog log = open(9_999, 9_999);
    append(log, 10);
    assertThatThrownBy(() -> await(log.seal()))
        .hasMessageContaining("has 10000 segments")
        .hasMessageContaining("log.retention")
        .cause()
        .isInstanceOfSatisfying(
            AppendException.class,
            why -> assertThat(why.reason()).isEqualTo(Reason.TOO_MANY_SEGMENTS));
    assertThat(log.usable()).isTrue();
    append(log, 10);
    await(log.close());
    assertThat(await(world.records.load(world.bucket)).sealedEndOffset()).isEqualTo(10_001);
  }

  @Test
  void aBucketWithVeryManySegmentsIsSealedAtATimesItsAge() {
    BucketLog log = open(5_600, 5_600);
    append(log, 10);
    world.time.run(Duration.ofMillis(3_500));
    assertThat(log.state().openSegment()).as("after thrice its age").isPresent();
    world.time.run(Duration.ofSeconds(1));
    assertThat(log.state().openSegment()).as("after four times its age").isEmpty();
  }

  /** Opens the bucket with segments of a row each, of which the first are in the lake. */
  private BucketLog open(int segments, int inLake) {
    List<Segment> sealed = new ArrayList<>();
    for (int n = 0; n < segments; n++) {
      sealed.add(new Segment.Sealed(1_000_000 + n, n, n + 1, 0, 0, 1, false));
    }
    UUID incarnation = world.table.incarnation();
    BucketState crowded =
        new BucketState(
            incarnation,
            Claim.NONE,
            0,
            sealed,
            OptionalLong.empty(),
            inLake,
            List.of(),
            List.of(),
            Map.of(),
            0);
    await(world.records.update(world.bucket, state -> crowded));
    return await(world.log());
  }

  private void takeIntoLake() {
    await(
        world.records.update(
            world.bucket,
            state -> state.raiseLakeOffset(state.sealedEndOffset(), world.time.nowMicros())));
  }

  @Test
  void aSegmentThatItsSizeSealedLeavesTheHeapBeforeItsAge() throws Exception {
    List<WeakReference<SegmentWriter>> writers = new ArrayList<>();
    PassingStore store =
        new PassingStore(world.ledgers) {
          @Override
          public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
            return super.create(id, replication)
                .thenApply(
                    writer -> {
                      writers.add(new WeakReference<>(writer));
                      return writer;
                    });
          }
        };
    BucketLogs gateway =
        new BucketLogs(
            "gateway",
            LogSettings.DEFAULT,
            store,
            world.records,
            SealListener.NONE,
            new LogThreads(world.time, world.time, () -> {}));
    BucketLog log = await(gateway.open(world.table, 0));
    log.follow(TableOptions.parse(Map.of("segment.bytes", "1MiB", "segment.max-age", "1d")));
    for (int row = 0; row < 11; row++) {
      append(log, 600_000);
    }
    // What watches over adds lets go of them after their time-out.
    world.time.run(Duration.ofMinutes(1));
    assertThat(log.state().sealedSegments()).hasSize(5);
    assertThat(writers).hasSize(6);
    for (int round = 0; round < 50 && held(writers) > 1; round++) {
      System.gc();
    }
    assertThat(held(writers)).as("writers that are reachable").isEqualTo(1);
    assertThat(gateway.find(world.bucket)).isPresent();
  }

  private static long held(List<WeakReference<SegmentWriter>> writers) {
    return writers.stream().filter(writer -> writer.get() != null).count();
  }
}
