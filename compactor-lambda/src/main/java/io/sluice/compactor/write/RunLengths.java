package io.sluice.compactor.write;

import java.util.Arrays;

/**
 * Parquet's hybrid of run lengths and bit-packed groups, for dictionary ids and definition levels.
 *
 * <pre>
 * run     length &lt;&lt; 1 (varint) | value, in whole bytes
 * packed  groups &lt;&lt; 1 | 1 (varint) | 8 values for each group, the last one filled up with zeros
 * </pre>
 */
final class RunLengths {

  /** Values that the last group may be filled up with; arrays must have room for them. */
  static final int GROUP = 8;

  private static final int GROUPS_AT_MOST = 63;
  private static final int LEVEL_RUN_BYTES = 8;

  /**
   * Writes ids.
   *
   * @param ids with room for {@link #GROUP} more, which are overwritten
   * @param width bits of the largest possible one, at least 1
   */
  static void writeIds(long[] ids, int count, int width, ByteSink out) {
    int shortest = width == 1 ? 64 : width <= 4 ? 24 : 16;
    int packed = 0;
    int at = 0;
    while (at < count) {
      int end = at + 1;
      while (end < count && ids[end] == ids[at]) {
        end++;
      }
      if (end - at >= shortest) {
        writePacked(ids, packed, at - packed, width, out);
        out.putVarint((long) (end - at) << 1);
        for (int shift = 0; shift < width; shift += Byte.SIZE) {
          out.putByte((int) (ids[at] >>> shift));
        }
        at = end;
        packed = end;
      } else {
        at += GROUP;
      }
    }
    for (int i = count; i < count + GROUP; i++) {
      ids[i] = 0;
    }
    writePacked(ids, packed, count - packed, width, out);
  }

  private static void writePacked(long[] ids, int from, int count, int width, ByteSink out) {
    int groups = (count + GROUP - 1) / GROUP;
    for (int done = 0; done < groups; done += GROUPS_AT_MOST) {
      int some = Math.min(GROUPS_AT_MOST, groups - done);
      out.putVarint(((long) some << 1) | 1);
      BitPacking.pack(ids, from + done * GROUP, some * GROUP, width, out);
    }
  }

  /** Writes definition levels of 0 and 1: bits, of which {@code ones} are set. */
  static void writeLevels(PageBits bits, int ones, ByteSink out) {
    int count = bits.size();
    if (ones == 0 || ones == count) {
      writeLevelRun(count, ones == 0 ? 0 : 1, out);
      return;
    }
    int whole = count / Byte.SIZE;
    int bytes = (count + Byte.SIZE - 1) / Byte.SIZE;
    int packed = 0;
    int at = 0;
    while (at < whole) {
      int value = bits.byteAt(at);
      int end = at + 1;
      if (value == 0 || value == 0xFF) {
        while (end < whole && bits.byteAt(end) == value) {
          end++;
        }
        if (end - at >= LEVEL_RUN_BYTES) {
          writePackedLevels(bits, packed, at, out);
          writeLevelRun((end - at) * Byte.SIZE, value & 1, out);
          packed = end;
        }
      }
      at = end;
    }
    writePackedLevels(bits, packed, bytes, out);
  }

  /**
   * Writes levels of any kind.
   *
   * @param width bits of the largest possible one, 1 to 7
   */
  static void writeLevels(byte[] levels, int count, int width, ByteSink out) {
    int shortest = width == 1 ? 64 : 24;
    int packed = 0;
    int at = 0;
    while (at < count) {
      int end = at + 1;
      while (end < count && levels[end] == levels[at]) {
        end++;
      }
      if (end - at >= shortest) {
        writePacked(levels, packed, at, width, out);
        writeLevelRun(end - at, levels[at], out);
        at = end;
        packed = end;
      } else {
        at += GROUP;
      }
    }
    writePacked(levels, packed, count, width, out);
  }

  private static void writePacked(byte[] levels, int from, int to, int width, ByteSink out) {
    long[] group = new long[GROUPS_AT_MOST * GROUP];
    for (int at = from; at < to; at += group.length) {
      int count = Math.min(group.length, to - at);
      for (int i = 0; i < count; i++) {
        group[i] = levels[at + i];
      }
      int groups = (count + GROUP - 1) / GROUP;
      Arrays.fill(group, count, groups * GROUP, 0);
      out.putVarint(((long) groups << 1) | 1);
      BitPacking.pack(group, 0, groups * GROUP, width, out);
    }
  }

  private static void writeLevelRun(int count, int level, ByteSink out) {
    out.putVarint((long) count << 1);
    out.putByte(level);
  }

  private static void writePackedLevels(PageBits bits, int from, int to, ByteSink out) {
    for (int at = from; at < to; at += GROUPS_AT_MOST) {
      int end = Math.min(to, at + GROUPS_AT_MOST);
      out.putVarint(((long) (end - at) << 1) | 1);
      for (int i = at; i < end; i++) {
        out.putByte(bits.byteAt(i));
      }
    }
  }

  private RunLengths() {}
}
