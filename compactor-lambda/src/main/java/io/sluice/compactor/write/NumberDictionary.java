package io.sluice.compactor.write;

import java.util.Arrays;

/** The different values of a column of numbers in one row group, up to a limit. */
final class NumberDictionary {

  // Values that collide more often than chance has it are somebody's intention.
  private static final int PROBES_AT_MOST = 64;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private long[] values = new long[64];
  private long[] keys = new long[256];
  private int[] ids = new int[256];
  private int size;

  int size() {
    return size;
  }

  /** Returns the values in the order of their ids. */
  long[] values() {
    return values;
  }

  /** Returns the memory that this takes, in bytes. */
  long heldBytes() {
    return (long) Long.BYTES * (values.length + keys.length) + (long) Integer.BYTES * ids.length;
  }

  /** Forgets all values but the first {@code count}; none is looked up or added any more. */
  void close(int count) {
    size = count;
    values = Arrays.copyOf(values, count);
    keys = new long[0];
    ids = new int[0];
  }

  /**
   * Finds the values' ids, and gives new ones an id.
   *
   * @param target gets the ids
   * @param limit values that there may be at most
   * @return whether all of them have one; if not, some may have been added
   */
  boolean lookUp(long[] source, int count, int limit, long[] target) {
    long previous = 0;
    int id = -1;
    for (int i = 0; i < count; i++) {
      long value = source[i];
      if (value != previous || id < 0) {
        id = lookUp(value, limit);
        if (id < 0) {
          return false;
        }
        previous = value;
      }
      target[i] = id;
    }
    return true;
  }

  private int lookUp(long value, int limit) {
    int mask = keys.length - 1;
    int slot = slot(value) & mask;
    for (int probes = 0; ids[slot] != 0; probes++) {
      if (keys[slot] == value) {
        return ids[slot] - 1;
      }
      if (probes == PROBES_AT_MOST) {
        return -1;
      }
      slot = (slot + 1) & mask;
    }
    return size < limit ? add(value, slot) : -1;
  }

  private static int slot(long value) {
    // A product's upper bits depend on all bits of what was multiplied.
    return (int) (((value ^ (value >>> 32)) * MIX) >>> 32);
  }

  private int add(long value, int slot) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size] = value;
    keys[slot] = value;
    ids[slot] = ++size;
    if (size * 2 > ids.length) {
      grow();
    }
    return size - 1;
  }

  private void grow() {
    int slots = 4 * ids.length;
    keys = new long[slots];
    ids = new int[slots];
    for (int id = 0; id < size; id++) {
      int slot = slot(values[id]) & (slots - 1);
      while (ids[slot] != 0) {
        slot = (slot + 1) & (slots - 1);
      }
      keys[slot] = values[id];
      ids[slot] = id + 1;
    }
  }
}
