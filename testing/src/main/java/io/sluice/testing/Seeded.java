package io.sluice.testing;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;

/** Runs one property under many seeds, and says which seed to replay when it fails. */
public final class Seeded {

  /** JUnit's own {@code @Timeout} doesn't hold for dynamic tests. */
  private static final Duration MOST = Duration.ofMinutes(2);

  private static final ScheduledExecutorService WATCH =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "seeds-watch");
            thread.setDaemon(true);
            return thread;
          });

  /** The body of a property; all of its randomness must come from {@code random}. */
  public interface Property {

    /** Checks the property once. */
    void check(Random random) throws Exception;
  }

  /**
   * Checks {@code property} under the seeds 0 to {@code runs} - 1, to another number of them with
   * {@code -Dseeds=N}, or under {@code -Dseed=N} alone if that is given. One that takes longer than
   * two minutes hangs, and fails.
   */
  public static Stream<DynamicTest> seeds(int runs, Property property) {
    Long replay = Long.getLong("seed");
    LongStream seeds =
        replay == null
            ? LongStream.range(0, Integer.getInteger("seeds", runs))
            : LongStream.of(replay);
    return seeds.mapToObj(
        seed -> DynamicTest.dynamicTest("seed=" + seed, () -> check(within(MOST, property), seed)));
  }

  /** Interrupts a property that takes too long; it stays on its thread, which some care for. */
  private static Property within(Duration most, Property property) {
    return random -> {
      Future<?> alarm =
          WATCH.schedule(Thread.currentThread()::interrupt, most.toNanos(), TimeUnit.NANOSECONDS);
      try {
        property.check(random);
      } finally {
        if (!alarm.cancel(false)) {
          var unused = Thread.interrupted();
        }
      }
    };
  }

  /**
   * Checks {@code property} under one seed after another, from 0 on, until {@code usual} is over or
   * one fails. With {@code -Dtest.seconds=N} that long, from a seed that the clock draws, so that
   * each run tries others; with {@code -Dseed=N} under that one alone.
   *
   * @param most how long one seed may take; one that takes longer hangs, and fails
   * @return how many seeds were checked, at least 1
   */
  public static long forAWhile(Duration usual, Duration most, Property property) {
    Property bounded =
        random -> Assertions.assertTimeoutPreemptively(most, () -> property.check(random));
    Long replay = Long.getLong("seed");
    if (replay != null) {
      check(bounded, replay);
      return 1;
    }
    Long seconds = Long.getLong("test.seconds");
    long first = seconds == null ? 0 : System.currentTimeMillis();
    Duration time = seconds == null ? usual : Duration.ofSeconds(seconds);
    long begin = System.nanoTime();
    long seed = first;
    do {
      check(bounded, seed);
      seed++;
    } while (System.nanoTime() - begin < time.toNanos());
    return seed - first;
  }

  private static void check(Property property, long seed) {
    try {
      property.check(new Random(seed));
    } catch (Exception | Error e) {
      // Consoles show dynamic tests by number: the seed must be in the message.
      throw new AssertionError("replay with -Dseed=" + seed, e);
    }
  }

  private Seeded() {}
}
