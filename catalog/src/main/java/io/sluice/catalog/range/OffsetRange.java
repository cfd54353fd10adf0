package io.sluice.catalog.range;

/**
 * A half-open run of row offsets within one bucket.
 *
 * @param start first offset in the range, at least 0
 * @param end one past the last offset, at least {@code start}; equal to it when the range is empty
 */
public record OffsetRange(long start, long end) {

  public OffsetRange {
    if (start < 0) {
      throw new IllegalArgumentException("start must be >= 0: " + start);
    }
    if (end < start) {
      throw new IllegalArgumentException("end must be >= start: [" + start + ", " + end + ")");
    }
  }

  /** Returns the number of offsets in this range. */
  public long count() {
    return end - start;
  }

  /** Returns whether there is no offset in this range. */
  public boolean isEmpty() {
    return start == end;
  }

  /** Returns whether {@code offset} is in this range. */
  public boolean contains(long offset) {
    return offset >= start && offset < end;
  }

  /** Returns the offsets in both ranges; an empty range within this one if there are none. */
  public OffsetRange intersect(OffsetRange other) {
    long from = Math.min(Math.max(start, other.start), end);
    return new OffsetRange(from, Math.max(from, Math.min(end, other.end)));
  }

  @Override
  public String toString() {
    return "[" + start + ", " + end + ")";
  }
}
