package io.sluice.catalog.range;

/**
 * The offsets that a bucket leaves out when its log was lost. Rows above the lake offset may have
 * been acknowledged and read; how many is not known any more. Their offsets are never given to
 * other rows: the bucket goes on {@link #LENGTH} above the lake offset, and what lies between has
 * no rows, as if they had been deleted in the lake.
 */
public final class OffsetGap {

  /** More rows than a bucket's log ever holds; 900 losses reach 2^53. */
  public static final long LENGTH = 10_000_000_000_000L;

  /** Returns where a bucket goes on whose log was lost. */
  public static long after(long lakeOffset) {
    return Math.addExact(lakeOffset, LENGTH);
  }

  /**
   * Returns how many offsets below this one have or had rows, if a bucket's are fewer than a gap.
   */
  public static long rowsBelow(long offset) {
    return offset % LENGTH;
  }

  private OffsetGap() {}
}
