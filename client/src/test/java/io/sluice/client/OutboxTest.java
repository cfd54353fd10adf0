package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.SluiceException.Origin;
import io.sluice.client.SluiceException.Reason;
import io.sluice.testing.Seeded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class OutboxTest {

  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);
  private static final Route TO_A = new Route(A, A);
  private static final Route TO_B = new Route(B, B);
  private final SluiceException moved =
      new SluiceException(Reason.UNAVAILABLE, "MOVED", "moved", Origin.GATEWAY, null);
  private final SluiceException broken = new SluiceException(Reason.UNAVAILABLE, "broken");
  private static final ClientSettings SETTINGS =
      new ClientSettings(
          List.of(A),
          Duration.ofSeconds(1),
          Duration.ofNanos(1_000),
          Duration.ofNanos(10),
          Duration.ofNanos(40));

  private final ReentrantLock lock = new ReentrantLock();
  private Outbox outbox = newOutbox(SETTINGS);

  @BeforeEach
  void holdTheLockAsTheWritersThreadsDo() {
    lock.lock();
  }

  private Outbox newOutbox(ClientSettings settings) {
    return new Outbox(
        () -> new Backoff(settings),
        route -> new Lane(route, new Backoff(settings), lock.newCondition(), 0));
  }

  @Test
  void aBatchThatTheGatewayRefusesHoldsUpItsBucketAlone() {
    Lane lane = routed(0, 1);
    send(lane, 0, 0);
    send(lane, 1, 0);
    assertThat(outbox.failed(lane, moved, 100)).isNull();
    assertThat(outbox.takePlacementWrong()).isTrue();
    assertThat(outbox.takePlacementWrong()).isFalse();
    // Bucket 1 goes on at once, bucket 0 waits for its pause and then for a lane.
    assertThat(sent(lane, 100)).containsExactly(1, 0L);
    assertThat(outbox.next(lane, 100)).isNull();
    assertThat(outbox.nanosUntilRoute(100)).isEqualTo(10);
    assertThat(outbox.route((bucket, taken) -> TO_B, 109)).hasSize(1);
    List<Lane> made = outbox.route((bucket, taken) -> bucket == 0 ? TO_B : TO_A, 110);
    assertThat(made).isEmpty();
  }

  @Test
  void aBrokenConnectionHoldsUpAllThatHaveSomethingToSend() {
    Lane lane = routed(0, 1);
    send(lane, 0, 0);
    assertThat(outbox.failed(lane, broken, 100)).isNull();
    assertThat(outbox.next(lane, 100)).isNull();
    Lane again = laneOf(outbox.route((bucket, taken) -> taken == null ? TO_B : taken, 110));
    assertThat(sent(again, 110)).containsExactly(0, 0L);
    assertThat(lane.retired).isFalse();
    assertThat(outbox.batches(1)).isZero();
  }

  @Test
  void aBucketChangesLanesOnlyOnceAllOfItIsAnswered() {
    Lane lane = routed(0);
    send(lane, 0, 0);
    add(0, 1);
    Lane other = laneOf(outbox.route((bucket, taken) -> TO_B, 1));
    assertThat(outbox.next(lane, 1)).isNull();
    assertThat(outbox.next(other, 1)).isNull();
    assertThat(outbox.answered(lane, 2)).isNotNull();
    assertThat(sent(other, 2)).containsExactly(0, 1L);
    assertThat(outbox.route((bucket, taken) -> TO_B, 3)).isEmpty();
    assertThat(lane.retired).isTrue();
  }

  @Test
  void aBucketThatFailsForTooLongFailsTheWriter() {
    Lane lane = routed(0, 1);
    send(lane, 0, 0);
    assertThat(outbox.failed(lane, moved, 0)).isNull();
    outbox.route((bucket, taken) -> TO_A, 500).forEach(made -> {});
    assertThat(sent(lane, 500)).containsExactly(0, 0L);
    assertThat(outbox.failed(lane, moved, 999)).isNull();
    outbox.route((bucket, taken) -> TO_A, 2_000).forEach(made -> {});
    assertThat(sent(lane, 2_000)).containsExactly(0, 0L);
    assertThat(outbox.failed(lane, moved, 2_000)).hasMessage("bucket 0: moved");
  }

  @Test
  void anAnswerMakesTheNextFailureAFirstOne() {
    Lane lane = routed(0);
    send(lane, 0, 0);
    assertThat(outbox.failed(lane, moved, 0)).isNull();
    outbox.route((bucket, taken) -> TO_A, 500).forEach(made -> {});
    assertThat(sent(lane, 500)).containsExactly(0, 0L);
    assertThat(outbox.answered(lane, 600)).isNotNull();
    send(lane, 0, 1);
    assertThat(outbox.failed(lane, moved, 5_000)).isNull();
  }

  @Test
  void aGatewayThatSaysThatABatchHasToWaitIsNotOverdue() {
    Lane lane = routed(0);
    Object stream = new Object();
    lane.opened(stream, 0);
    send(lane, 0, 0);
    long limit = 100;
    lane.onLifeSign(new Object(), 60);
    assertThat(lane.overdue(limit, limit)).as("told by another stream").isTrue();
    lane.onLifeSign(stream, 60);
    assertThat(lane.overdue(159, limit)).isFalse();
    assertThat(lane.idleNanos(100, limit)).isEqualTo(60);
    assertThat(lane.overdue(160, limit)).isTrue();
  }

  @Test
  void streamsThatFailOneAfterTheOtherPause() {
    Lane lane = routed(0, 1, 2);
    for (int bucket = 0; bucket < 3; bucket++) {
      send(lane, bucket, 0);
    }
    assertThat(outbox.failed(lane, moved, 100)).isNull();
    assertThat(sent(lane, 100)).containsExactly(2, 0L);
    assertThat(outbox.failed(lane, moved, 100)).isNull();
    assertThat(outbox.next(lane, 109)).isNull();
    assertThat(sent(lane, 110)).containsExactly(1, 0L);
  }

  @Test
  void aFailureThatARetryCannotMendNamesItsBucket() {
    Lane lane = routed(0);
    send(lane, 0, 0);
    SluiceException fatal = new SluiceException(Reason.INVALID, "bad row");
    assertThat(outbox.failed(lane, fatal, 0)).hasMessage("bucket 0: bad row");
    assertThat(outbox.clear()).hasSize(1);
    assertThat(outbox.isEmpty()).isTrue();
  }

  /**
   * Streams deliver what was sent on them in order, but at any time, even after they were given up,
   * and then perhaps only the first part of it.
   */
  @TestFactory
  Stream<DynamicTest> noBucketMeetsAGapAndEachBatchArrives() {
    return Seeded.seeds(300, random -> new World(random).run());
  }

  private Lane routed(int... buckets) {
    for (int bucket : buckets) {
      add(bucket, -1);
    }
    Lane lane = laneOf(outbox.route((bucket, taken) -> TO_A, 0));
    for (int bucket : buckets) {
      assertThat(sent(lane, 0)).containsExactly(bucket, -1L);
      assertThat(outbox.answered(lane, 0)).isNotNull();
    }
    return lane;
  }

  private void send(Lane lane, int bucket, long sequence) {
    add(bucket, sequence);
    assertThat(sent(lane, 0)).containsExactly(bucket, sequence);
  }

  private List<Object> sent(Lane lane, long nowNanos) {
    PendingBatch batch = outbox.next(lane, nowNanos);
    return batch == null ? List.of() : List.of(batch.bucket(), batch.sequence());
  }

  private void add(int bucket, long sequence) {
    outbox.add(batch(bucket, sequence), 0);
  }

  private static Lane laneOf(List<Lane> made) {
    assertThat(made).hasSize(1);
    return made.get(0);
  }

  private static PendingBatch batch(int bucket, long sequence) {
    return new PendingBatch(
        bucket,
        new BatchNumbers.BatchNumber(OptionalLong.empty(), sequence),
        new ArrowRecordBatch(0, List.of(), List.of()),
        1,
        new CompletableFuture<>());
  }

  /** A writer's outbox, its streams, and the buckets behind them. */
  private final class World {
    private final Random random;
    private final List<Route> routes = List.of(TO_A, TO_B, new Route(B, A), new Route(null, A));
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<Lane, Wire> streams = new HashMap<>();
    private final List<Wire> givenUp = new ArrayList<>();
    private final Map<Integer, List<Long>> logs = new HashMap<>();
    private final long[] added = new long[3];
    private long now;

    World(Random random) {
      this.random = random;
      outbox = newOutbox(SETTINGS_FOR_EVER);
    }

    void run() {
      for (int step = 0; step < 500; step++) {
        step(true);
      }
      for (int step = 0; step < 20_000 && !outbox.isEmpty(); step++) {
        step(false);
      }
      assertThat(outbox.isEmpty()).isTrue();
      for (int bucket = 0; bucket < added.length; bucket++) {
        assertThat(logs.getOrDefault(bucket, List.of()))
            .isEqualTo(LongStream.range(0, added[bucket]).boxed().toList());
      }
    }

    private void step(boolean trouble) {
      now += random.nextInt(20);
      int what = random.nextInt(trouble ? 12 : 9);
      if (what == 0 && trouble) {
        int bucket = random.nextInt(added.length);
        outbox.add(batch(bucket, added[bucket]++), now);
      } else if (what <= 1) {
        lanes.addAll(outbox.route((bucket, taken) -> pick(routes), now));
        lanes.removeIf(this::ended);
      } else if (what <= 4 && !lanes.isEmpty()) {
        send(pick(lanes));
      } else if (what <= 7 && !lanes.isEmpty()) {
        deliver(pick(lanes));
      } else if (what == 8 && !givenUp.isEmpty()) {
        pick(givenUp).deliver(logs);
      } else if (what > 8 && random.nextInt(4) == 0 && !lanes.isEmpty()) {
        fail(pick(lanes));
      }
    }

    private boolean ended(Lane lane) {
      if (lane.retired) {
        giveUp(lane);
      }
      return lane.retired;
    }

    private void send(Lane lane) {
      Wire wire = streams.computeIfAbsent(lane, any -> new Wire());
      if (lane.stream != wire) {
        lane.opened(wire, now);
      }
      PendingBatch batch = outbox.next(lane, now);
      if (batch != null) {
        wire.sent.add(batch);
      }
    }

    private void deliver(Lane lane) {
      Wire wire = streams.get(lane);
      PendingBatch delivered = wire == null ? null : wire.deliver(logs);
      if (delivered != null) {
        assertThat(outbox.answered(lane, now)).isSameAs(delivered);
      }
    }

    private void fail(Lane lane) {
      giveUp(lane);
      lane.dropped();
      assertThat(outbox.failed(lane, random.nextBoolean() ? moved : broken, now)).isNull();
    }

    private void giveUp(Lane lane) {
      Wire wire = streams.remove(lane);
      if (wire != null) {
        givenUp.add(wire);
      }
    }

    private <T> T pick(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }
  }

  private static final ClientSettings SETTINGS_FOR_EVER = SETTINGS.withRetryFor(Duration.ofDays(1));

  /** One stream, with what hasn't arrived yet. */
  private static final class Wire {
    private final Deque<PendingBatch> sent = new ArrayDeque<>();

    @Nullable PendingBatch deliver(Map<Integer, List<Long>> logs) {
      PendingBatch batch = sent.poll();
      if (batch != null) {
        List<Long> log = logs.computeIfAbsent(batch.bucket(), any -> new ArrayList<>());
        assertThat(batch.sequence()).as("a gap").isLessThanOrEqualTo(log.size());
        if (batch.sequence() == log.size()) {
          log.add(batch.sequence());
        }
      }
      return batch;
    }
  }
}
