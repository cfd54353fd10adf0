package io.sluice.compactor.maintain;

import java.util.Comparator;

/**
 * Where a row stands in the lake's order. Rows of other engines have no place of their own and come
 * last.
 *
 * @param bucket the bucket
 * @param offset the offset in it
 */
record RowKey(int bucket, long offset) implements Comparable<RowKey> {

  /** That of rows without bucket or offset. */
  static final RowKey NONE = new RowKey(Integer.MAX_VALUE, Long.MAX_VALUE);

  private static final Comparator<RowKey> ORDER =
      Comparator.comparingInt(RowKey::bucket).thenComparingLong(RowKey::offset);

  @Override
  public int compareTo(RowKey other) {
    return ORDER.compare(this, other);
  }
}
