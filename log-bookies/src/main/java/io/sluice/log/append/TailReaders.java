package io.sluice.log.append;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who reads a bucket here, and from which offset on: rows that all of them have taken needn't be in
 * memory. One that left may be expected for ten seconds more: a stream that is opened again after a
 * failure, or a client that asks for the next rows again and again. One thread at a time.
 */
final class TailReaders {

  /** How long one that has left is expected, in seconds; up to a second longer. */
  private static final int LINGER_SECONDS = 10;

  private static final int SLOTS = LINGER_SECONDS + 1;
  private static final long NEVER = Long.MIN_VALUE;

  /** One that reads. */
  interface Reader {

    /** Returns the offset where the rows begin that it may not have taken yet. */
    long from();

    /** Returns the offset where it ends; {@link Long#MAX_VALUE} if it follows. */
    long to();
  }

  /** Where those that left read on, by the second in which they left: the lowest of each second. */
  private static final class Left {
    private final long[] second = new long[SLOTS];
    private final long[] lowest = new long[SLOTS];
    private long newest;

    Left() {
      forget();
    }

    private void forget() {
      Arrays.fill(second, NEVER);
      newest = NEVER;
    }

    /** The clock may have been wrong, and been put right. */
    private void forgetIfTheClockWentBack(long now) {
      if (now < newest) {
        forget();
      }
    }

    void add(long offset, long now) {
      forgetIfTheClockWentBack(now);
      int slot = Math.floorMod(now, SLOTS);
      lowest[slot] = second[slot] == now ? Math.min(lowest[slot], offset) : offset;
      second[slot] = now;
      newest = now;
    }

    boolean any(long now) {
      forgetIfTheClockWentBack(now);
      return newest >= now - LINGER_SECONDS;
    }

    long lowest(long now) {
      forgetIfTheClockWentBack(now);
      long least = Long.MAX_VALUE;
      for (int slot = 0; slot < SLOTS; slot++) {
        if (second[slot] >= now - LINGER_SECONDS) {
          least = Math.min(least, lowest[slot]);
        }
      }
      return least;
    }
  }

  private final Set<Reader> open = new LinkedHashSet<>();
  private @Nullable Left left;

  /** Counts a reader from now on. */
  void join(Reader reader) {
    open.add(reader);
  }

  /** Counts a reader no longer, if it was counted. */
  void leave(Reader reader) {
    open.remove(reader);
  }

  /** Counts someone who will perhaps read on from an offset, for ten seconds. */
  void expect(long offset, long nowMicros) {
    if (left == null) {
      left = new Left();
    }
    left.add(offset, seconds(nowMicros));
  }

  /** Returns how many there are, but for those that are expected. */
  int open() {
    return open.size();
  }

  /** Returns whether there is one, or one is expected. */
  boolean any(long nowMicros) {
    return !open.isEmpty() || (left != null && left.any(seconds(nowMicros)));
  }

  /**
   * Returns the offset below which none of them needs a row; {@link Long#MAX_VALUE} if none needs
   * any.
   *
   * @param start where the rows begin that are at hand: who ends there needs none of them
   */
  long lowest(long start, long nowMicros) {
    long lowest = left == null ? Long.MAX_VALUE : left.lowest(seconds(nowMicros));
    for (Reader reader : open) {
      if (reader.to() > start) {
        lowest = Math.min(lowest, reader.from());
      }
    }
    return lowest;
  }

  private static long seconds(long micros) {
    return Math.floorDiv(micros, 1_000_000L);
  }
}
