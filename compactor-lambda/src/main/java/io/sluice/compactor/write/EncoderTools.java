package io.sluice.compactor.write;

/** What the columns of one file share, each for the length of one call. */
final class EncoderTools {

  private final ByteSink body = new ByteSink();
  private final ByteSink draft = new ByteSink();
  private final DeltaPacking deltas = new DeltaPacking();
  private long[] ids = new long[ColumnEncoder.PAGE_ROWS + RunLengths.GROUP];
  private final int[] offsets = new int[ColumnEncoder.PAGE_ROWS + 1];
  private final ZstdPages zstd;
  private final boolean deltaPacked;

  /**
   * @param zstd stays the caller's
   * @param deltaPacked whether numbers may be written as differences
   */
  EncoderTools(ZstdPages zstd, boolean deltaPacked) {
    this.zstd = zstd;
    this.deltaPacked = deltaPacked;
  }

  /** Returns where a page is put together. */
  ByteSink body() {
    return body;
  }

  /** Returns where a part of a page may be tried out. */
  ByteSink draft() {
    return draft;
  }

  DeltaPacking deltas() {
    return deltas;
  }

  /** Returns room for the ids of so many values, and for a group more. */
  long[] ids(int count) {
    if (count + RunLengths.GROUP > ids.length) {
      ids = new long[count + RunLengths.GROUP];
    }
    return ids;
  }

  /** Returns room for the offsets of {@value ColumnEncoder#PAGE_ROWS} values. */
  int[] offsets() {
    return offsets;
  }

  ZstdPages zstd() {
    return zstd;
  }

  boolean deltaPacked() {
    return deltaPacked;
  }
}
