package io.sluice.testing;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Runs one property under many seeds, and says which seed to replay when it fails. */
public final class Seeded {

  /** The body of a property; all of its randomness must come from {@code random}. */
  public interface Property {

    /** Checks the property once. */
    void check(Random random) throws Exception;
  }

  /**
   * Checks {@code property} under the seeds 0 to {@code runs} - 1, to another number of them with
   * {@code -Dseeds=N}, or under {@code -Dseed=N} alone if that is given.
   */
  public static Stream<DynamicTest> seeds(int runs, Property property) {
    Long replay = Long.getLong("seed");
    LongStream seeds =
        replay == null
            ? LongStream.range(0, Integer.getInteger("seeds", runs))
            : LongStream.of(replay);
    return seeds.mapToObj(
        seed -> DynamicTest.dynamicTest("seed=" + seed, () -> check(property, seed)));
  }

  private static void check(Property property, long seed) {
    try {
      property.check(new Random(seed));
    } catch (Exception | AssertionError e) {
      // Consoles show dynamic tests by number: the seed must be in the message.
      throw new AssertionError("replay with -Dseed=" + seed, e);
    }
  }

  private Seeded() {}
}
