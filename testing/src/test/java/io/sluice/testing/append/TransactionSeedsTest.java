package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.SegmentFrames;
import io.sluice.testing.Seeded;
import io.sluice.testing.append.Follower.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails: the rows of each transaction that was committed are in the log once, together, in
 * order; those of others never, and nothing of them is left behind. What is appended beside them
 * stays as it was.
 */
@Timeout(120)
class TransactionSeedsTest {

  private static final int STEPS = 150;
  private static final int SABOTAGED_SEEDS = 100;
  private static final Duration LONG = Duration.ofMinutes(8);

  @TestFactory
  Stream<DynamicTest> committedTransactionsAreThereExactlyOnceWhateverFails() {
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

  private static void check(AppendWorld world) {
    Random random = world.random;
    List<SimulatedTransactions> sinks = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      sinks.add(new SimulatedTransactions(world));
    }
    SimulatedWriter writer = new SimulatedWriter(world);
    Follower follower = new Follower(world);
    follower.start();
    List<BucketLogs> gone = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      step(world, sinks.get(random.nextInt(sinks.size())), writer, gone);
    }
    world.calm();
    world.rethrow();
    world.time.runUntil(
        () -> "all is committed: " + sinks + " " + writer,
        () -> {
          sinks.forEach(SimulatedTransactions::commit);
          return writer.idle() && sinks.stream().allMatch(SimulatedTransactions::idle);
        },
        LONG);
    world.leaveToOne(gone, Duration.ofMinutes(11)); // What was left expires.
    await(world, await(world, world.log()).retain(Duration.ofDays(1)));
    await(world, world.gateway().closeAll(Duration.ofMinutes(1)));
    BucketState state = await(world, world.records.load(world.bucket));
    assertThat(state.openSegment()).isEmpty();
    assertThat(state.pending()).isEmpty();
    world.reconcile();
    assertThat(world.ledgers.ledgerIds()).as("ledgers of %s", state).isSubsetOf(named(state));
    List<Seen> all = new ArrayList<>(world.lake.from(0));
    List<Seen> log = readAll(world, state);
    assertThat(log.stream().filter(frame -> frame.offset() < world.lake.end()).toList())
        .as("what is both in the lake and in the log")
        .isEqualTo(world.lake.from(state.startOffset()));
    log.stream().filter(frame -> frame.offset() >= world.lake.end()).forEach(all::add);
    follower.stop();
    world.time.run(Duration.ofMinutes(1));
    audit(all, state.sealedEndOffset());
    Auditor.audit(writer, all);
    sinks.forEach(sink -> sink.audit(all));
    assertThat(follower.seen).isEqualTo(all.subList(0, follower.seen.size()));
    assertThat(world.heldRowBuffers()).as("buffers of batches").isZero();
    assertThat(world.ledgers.heldBuffers()).as("entries").isZero();
    world.rethrow();
  }

  private static void step(
      AppendWorld world,
      SimulatedTransactions sink,
      SimulatedWriter writer,
      List<BucketLogs> gone) {
    switch (world.random.nextInt(34)) {
      case 0 -> world.takeOver().abandonAll();
      case 1 -> gone.add(world.takeOver());
      case 2 -> {
        BucketLogs before = world.takeOver();
        gone.add(before);
        var unused = before.release(world.bucket);
      }
      case 3 -> world.time.misset(world.random.nextInt(4_000_000) - 2_000_000);
      case 4 -> sink.repeat();
      case 5 -> sink.repeatOld();
      case 6 -> sink.commitAgain();
      case 7 -> world.lake.compact();
      case 8 -> world.retain();
      case 9 -> world.time.run(Duration.ofMillis(world.random.nextInt(2_000)));
      case 10 -> world.reconcile();
      case 11 -> sink.restore();
      case 12, 13, 14 -> sink.prepare();
      case 15, 16, 17 -> sink.commit();
      case 18, 19, 20 -> writer.send();
      case 21 -> world.gateway().sealAll(world.table.id()).exceptionally(failure -> null);
      default -> sink.send();
    }
    world.time.run(Duration.ofMillis(world.random.nextInt(20)));
  }

  private static Set<Long> named(BucketState state) {
    Set<Long> named = new TreeSet<>();
    state.segments().forEach(segment -> named.add(segment.ledgerId()));
    state.windowLedgerId().ifPresent(named::add);
    return named;
  }

  private static List<Seen> readAll(AppendWorld world, BucketState state) {
    List<Seen> all = new ArrayList<>();
    try (FrameCursor cursor =
        SegmentFrames.open(world.store, state, state.startOffset(), state.sealedEndOffset())) {
      while (true) {
        List<PlacedFrame> frames = await(world, cursor.next(100_000));
        if (frames.isEmpty()) {
          return all;
        }
        frames.forEach(frame -> all.add(Seen.of(frame)));
        frames.forEach(PlacedFrame::release);
      }
    }
  }

  private static <T> T await(AppendWorld world, CompletableFuture<T> future) {
    world.time.runUntil(() -> "a future", future::isDone, LONG);
    return future.join();
  }

  private static void audit(List<Seen> all, long end) {
    long next = 0;
    long time = 0;
    for (Seen frame : all) {
      assertThat(frame.offset()).isEqualTo(next);
      assertThat(frame.timeMicros()).isGreaterThanOrEqualTo(time);
      next = frame.endOffset();
      time = frame.timeMicros();
    }
    assertThat(next).isEqualTo(end);
  }
}
