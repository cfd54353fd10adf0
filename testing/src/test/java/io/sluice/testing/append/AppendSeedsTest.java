package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.read.WantedColumns;
import io.sluice.testing.Seeded;
import io.sluice.testing.append.Follower.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails: each acknowledged batch is in the log exactly once, where it was acknowledged,
 * and whoever follows sees the same rows in the same order.
 */
@Timeout(120)
class AppendSeedsTest {

  private static final int STEPS = 150;
  private static final int SABOTAGED_SEEDS = 100;

  @TestFactory
  Stream<DynamicTest> acknowledgedBatchesAreThereExactlyOnceWhateverFails() {
    return Seeded.seeds(100, random -> check(new AppendWorld(random)));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void theSeedsNoticeWhatTheLogReliesOnBeingTakenAway(Sabotage sabotage) {
    List<String> noticed = new ArrayList<>();
    for (int seed = 0; seed < SABOTAGED_SEEDS && noticed.isEmpty(); seed++) {
      try {
        check(new AppendWorld(new Random(seed), sabotage));
      } catch (AssertionError e) {
        noticed.add(seed + ": " + e.getMessage());
      }
    }
    assertThat(noticed).isNotEmpty();
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    List<Long> traces = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      AppendWorld world = new AppendWorld(new Random(i % 10));
      check(world);
      traces.add(world.time.trace());
    }
    assertThat(traces.subList(10, 20)).isEqualTo(traces.subList(0, 10)).doesNotHaveDuplicates();
  }

  private static void check(AppendWorld world) {
    Random random = world.random;
    List<SimulatedWriter> writers = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      writers.add(new SimulatedWriter(world));
    }
    Follower follower = new Follower(world);
    follower.start();
    List<BucketLogs> gone = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      step(world, writers.get(random.nextInt(writers.size())), gone);
    }
    world.calm();
    world.rethrow();
    world.time.runUntil(
        () -> "all batches are acknowledged: " + writers,
        () -> writers.stream().allMatch(SimulatedWriter::idle),
        world.patience);
    world.leaveToOne(gone, Duration.ofMinutes(1));
    await(world, world.log());
    await(world, world.gateway().closeAll(Duration.ofMinutes(1)));
    BucketState state = await(world, world.records.load(world.bucket));
    assertThat(state.openSegment()).isEmpty();
    world.reconcile();
    assertThat(world.ledgers.ledgerIds())
        .as("ledgers of %s", state)
        .containsAll(named(state, Segment::readable))
        .isSubsetOf(named(state, any -> true));
    List<Seen> all = new ArrayList<>(world.lake.from(0));
    List<Seen> log = readAll(world, state);
    assertThat(log.stream().filter(frame -> frame.offset() < world.lake.end()).toList())
        .as("what is both in the lake and in the log")
        .isEqualTo(world.lake.from(state.startOffset()));
    log.stream().filter(frame -> frame.offset() >= world.lake.end()).forEach(all::add);
    follower.stop();
    world.time.run(Duration.ofMinutes(1));
    audit(writers, all, state.sealedEndOffset());
    assertThat(follower.seen).isEqualTo(all.subList(0, follower.seen.size()));
    assertThat(world.heldRowBuffers()).as("buffers of batches").isZero();
    assertThat(world.ledgers.heldBuffers()).as("entries").isZero();
    world.rethrow();
  }

  private static void step(AppendWorld world, SimulatedWriter writer, List<BucketLogs> gone) {
    switch (world.random.nextInt(30)) {
      case 0 -> world.takeOver().abandonAll();
      case 1 -> gone.add(world.takeOver());
      case 2 -> world.gateway().sealAll(world.table.id()).exceptionally(failure -> null);
      case 3 -> world.time.misset(world.random.nextInt(4_000_000) - 2_000_000);
      case 4, 5 -> writer.repeat();
      case 6 -> writer.repeatOld();
      case 7 -> world.lake.compact();
      case 8 -> world.retain();
      case 10 -> world.reconcile();
      case 9 -> world.time.run(Duration.ofMillis(world.random.nextInt(2_000)));
      default -> writer.send();
    }
    world.time.run(Duration.ofMillis(world.random.nextInt(20)));
  }

  /** One that is marked for deletion may be there still, or not. */
  private static Set<Long> named(BucketState state, Predicate<Segment> which) {
    Set<Long> named = new TreeSet<>();
    state.segments().stream().filter(which).forEach(segment -> named.add(segment.ledgerId()));
    state.windowLedgerId().ifPresent(named::add);
    return named;
  }

  private static List<Seen> readAll(AppendWorld world, BucketState state) {
    List<Seen> all = new ArrayList<>();
    WantedColumns wanted = SimulatedColumns.wanted(world.random);
    long from = state.startOffset();
    long to = state.sealedEndOffset();
    try (FrameCursor cursor = SegmentFrames.open(world.store, wanted, state, from, to)) {
      while (true) {
        List<PlacedFrame> frames = await(world, cursor.next(100_000));
        if (frames.isEmpty()) {
          return all;
        }
        frames.forEach(frame -> SimulatedColumns.check(frame.frame(), wanted));
        frames.forEach(frame -> all.add(Seen.of(frame)));
        frames.forEach(PlacedFrame::release);
      }
    }
  }

  private static <T> T await(AppendWorld world, CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, world.patience);
    return future.join();
  }

  private static void audit(List<SimulatedWriter> writers, List<Seen> all, long end) {
    long next = 0;
    long time = 0;
    for (Seen frame : all) {
      assertThat(frame.offset()).isEqualTo(next);
      assertThat(frame.timeMicros()).isGreaterThanOrEqualTo(time);
      next = frame.endOffset();
      time = frame.timeMicros();
    }
    assertThat(next).isEqualTo(end);
    writers.forEach(writer -> Auditor.audit(writer, all));
  }
}
