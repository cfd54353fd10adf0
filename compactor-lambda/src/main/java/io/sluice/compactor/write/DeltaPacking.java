package io.sluice.compactor.write;

import java.util.Arrays;

/**
 * Parquet's DELTA_BINARY_PACKED: the first value, then differences in blocks of 128, each block
 * with its least difference and four widths.
 *
 * <pre>
 * page   128 (varint) | 4 (varint) | values (varint) | first value (zigzag) | blocks
 * block  least difference (zigzag) | width of each of 4 miniblocks (a byte) | miniblocks
 * miniblock  32 differences less the least one, bit-packed; left out where no value is
 * </pre>
 *
 * Differences wrap around, in 32 bits for ints and in 64 for longs, so that any values will do.
 */
final class DeltaPacking {

  private static final int BLOCK = 128;
  private static final int MINIBLOCKS = 4;
  private static final int MINIBLOCK = BLOCK / MINIBLOCKS;

  private final long[] deltas = new long[BLOCK];

  /**
   * Writes values.
   *
   * @param count at least 1
   * @param ints whether they are 32 bits wide; they are sign-extended then
   */
  void write(long[] values, int count, boolean ints, ByteSink out) {
    out.putVarint(BLOCK);
    out.putVarint(MINIBLOCKS);
    out.putVarint(count);
    out.putZigzag(values[0]);
    for (int from = 1; from < count; from += BLOCK) {
      writeBlock(values, from, Math.min(BLOCK, count - from), ints, out);
    }
  }

  private void writeBlock(long[] values, int from, int count, boolean ints, ByteSink out) {
    long least = Long.MAX_VALUE;
    long previous = values[from - 1];
    for (int i = 0; i < count; i++) {
      long value = values[from + i];
      long delta = ints ? (int) (value - previous) : value - previous;
      deltas[i] = delta;
      least = Math.min(least, delta);
      previous = value;
    }
    for (int i = 0; i < count; i++) {
      deltas[i] -= least;
    }
    Arrays.fill(deltas, count, BLOCK, 0);
    out.putZigzag(least);
    int widths = out.size();
    out.putInt(0);
    for (int i = 0; i * MINIBLOCK < count; i++) {
      long bits = 0;
      for (int j = i * MINIBLOCK; j < (i + 1) * MINIBLOCK; j++) {
        bits |= deltas[j];
      }
      int width = BitPacking.width(bits);
      out.setByte(widths + i, width);
      BitPacking.pack(deltas, i * MINIBLOCK, MINIBLOCK, width, out);
    }
  }
}
