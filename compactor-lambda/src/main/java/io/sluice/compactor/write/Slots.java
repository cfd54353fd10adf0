package io.sluice.compactor.write;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;

/** Places in a vector, ascending, as runs of places that follow each other. */
final class Slots {

  private int[] starts = new int[1];
  private int[] ends = new int[1];
  // How many places come before each run.
  private int[] before = new int[1];
  private int runs;
  private int count;

  /** Returns how many places there are. */
  int count() {
    return count;
  }

  /** Adds places {@code [start, end)}, at least one. */
  void add(int start, int end) {
    if (runs > 0 && ends[runs - 1] == start) {
      ends[runs - 1] = end;
    } else {
      if (runs == starts.length) {
        starts = Arrays.copyOf(starts, 2 * runs);
        ends = Arrays.copyOf(ends, 2 * runs);
        before = Arrays.copyOf(before, 2 * runs);
      }
      starts[runs] = start;
      ends[runs] = end;
      before[runs] = count;
      runs++;
    }
    count += end - start;
  }

  /** What is done with a run. */
  interface Action {

    /**
     * Does it.
     *
     * @param start its first place in the vector
     * @param length places, at least 1
     * @param index how many places come before it
     */
    void accept(int start, int length, int index);
  }

  /**
   * Goes through some of the places, by how many come before them.
   *
   * @param most places of a run at most; longer ones are cut
   */
  void forEach(int from, int to, int most, Action action) {
    int run = Arrays.binarySearch(before, 0, runs, from);
    run = run < 0 ? -run - 2 : run;
    for (int index = from; index < to; run++) {
      int end = Math.min(to, before[run] + ends[run] - starts[run]);
      while (index < end) {
        int some = Math.min(most, end - index);
        action.accept(starts[run] + index - before[run], some, index);
        index += some;
      }
    }
  }

  /** Returns the bits that a buffer has at these places. */
  PageBits bits(ArrowBuf buffer) {
    PageBits bits = new PageBits();
    forEach(0, count, count, (start, length, index) -> bits.append(buffer, start, length));
    return bits;
  }

  /**
   * Reads where the lists at these places begin and end.
   *
   * @param begins has room for {@link #count} numbers, as {@code ends}
   */
  void offsets(ArrowBuf buffer, int[] begins, int[] ends) {
    forEach(
        0,
        count,
        count,
        (start, length, index) -> {
          IntBuffer offsets =
              buffer
                  .nioBuffer((long) start * Integer.BYTES, (length + 1) * Integer.BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .asIntBuffer();
          offsets.get(0, begins, index, length);
          offsets.get(1, ends, index, length);
        });
  }
}
