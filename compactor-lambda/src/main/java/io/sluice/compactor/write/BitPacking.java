package io.sluice.compactor.write;

/** Packs numbers into as many bits as the largest needs, lowest bit first, as Parquet does. */
final class BitPacking {

  /** Returns how many bits {@code value} needs as an unsigned number, 0 to 64. */
  static int width(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }

  /**
   * Packs values.
   *
   * @param count how many, a multiple of 8
   * @param width bits each, at least as many as the largest needs; with 0 nothing is written
   */
  static void pack(long[] values, int from, int count, int width, ByteSink out) {
    if (width == 0) {
      return;
    }
    out.ensure(count / Byte.SIZE * width);
    long word = 0;
    int used = 0;
    for (int i = from; i < from + count; i++) {
      long value = values[i];
      word |= value << used;
      used += width;
      if (used >= Long.SIZE) {
        out.putLong(word);
        used -= Long.SIZE;
        word = used == 0 ? 0 : value >>> (width - used);
      }
    }
    for (; used > 0; used -= Byte.SIZE) {
      out.putByte((int) word);
      word >>>= Byte.SIZE;
    }
  }

  private BitPacking() {}
}
