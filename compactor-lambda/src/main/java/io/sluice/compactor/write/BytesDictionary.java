package io.sluice.compactor.write;

/** The different values of a column of bytes in one row group, up to a limit. */
final class BytesDictionary {

  // Values that collide more often than chance has it are somebody's intention.
  private static final int PROBES_AT_MOST = 64;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final StagedBytes values = new StagedBytes();
  private long[] hashes = new long[256];
  private int[] ids = new int[256];

  int size() {
    return values.count();
  }

  /** Returns the values in the order of their ids. */
  StagedBytes values() {
    return values;
  }

  /** Returns the memory that this takes, in bytes. */
  long heldBytes() {
    return values.heldBytes()
        + (long) Long.BYTES * hashes.length
        + (long) Integer.BYTES * ids.length;
  }

  /** Forgets all values but the first {@code count}; none is looked up or added any more. */
  void close(int count) {
    values.cutTo(count);
    hashes = new long[0];
    ids = new int[0];
  }

  /**
   * Finds the values' ids, and gives new ones an id.
   *
   * @param target gets the ids
   * @param limit size that this may have at most, in bytes, 4 more for each value counted
   * @return whether all of them have one; if not, some may have been added
   */
  boolean lookUp(StagedBytes source, long limit, long[] target) {
    for (int i = 0; i < source.count(); i++) {
      int id = lookUp(source, i, limit);
      if (id < 0) {
        return false;
      }
      target[i] = id;
    }
    return true;
  }

  private int lookUp(StagedBytes source, int index, long limit) {
    long hash = hash(source, index);
    int mask = ids.length - 1;
    int slot = slot(hash) & mask;
    for (int probes = 0; ids[slot] != 0; probes++) {
      if (hashes[slot] == hash && values.isEqual(ids[slot] - 1, source, index)) {
        return ids[slot] - 1;
      }
      if (probes == PROBES_AT_MOST) {
        return -1;
      }
      slot = (slot + 1) & mask;
    }
    int length = source.length(index);
    return values.prefixedBytes() + length + Integer.BYTES <= limit
        ? add(source, index, hash, slot)
        : -1;
  }

  private static long hash(StagedBytes source, int index) {
    int length = source.length(index);
    long hash = length * MIX;
    for (int done = 0; done < length; done += Long.BYTES) {
      hash = (hash ^ source.word(index, done)) * MIX;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  private static int slot(long hash) {
    // A product's upper bits depend on all bits of what was multiplied.
    return (int) ((hash * MIX) >>> 32);
  }

  private int add(StagedBytes source, int index, long hash, int slot) {
    values.add(source, index);
    hashes[slot] = hash;
    ids[slot] = values.count();
    if (values.count() * 2 > ids.length) {
      grow();
    }
    return values.count() - 1;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldIds = ids;
    int slots = 4 * ids.length;
    hashes = new long[slots];
    ids = new int[slots];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        int slot = slot(oldHashes[i]) & (slots - 1);
        while (ids[slot] != 0) {
          slot = (slot + 1) & (slots - 1);
        }
        hashes[slot] = oldHashes[i];
        ids[slot] = oldIds[i];
      }
    }
  }
}
