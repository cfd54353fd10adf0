package io.sluice.catalog.bucket;

import java.util.OptionalLong;

/**
 * How far the lake is behind the log.
 *
 * @param rows rows that aren't in the lake yet, at least 0
 * @param bytes about how many bytes they take in the log, at least 0; a segment that is in the lake
 *     in part counts in proportion to its rows, an open one as if its rows were like those of the
 *     segment before
 * @param oldestMicros about when the oldest of them was appended, in microseconds since 1970,
 *     rather too early than too late; empty if there is none
 */
public record LakeLag(long rows, long bytes, OptionalLong oldestMicros) {

  /** Nothing is missing in the lake. */
  public static final LakeLag NONE = new LakeLag(0, 0, OptionalLong.empty());

  public LakeLag {
    if (rows < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "rows and bytes must be >= 0: " + rows + " rows, " + bytes + " bytes");
    }
  }

  /**
   * Returns the lag of one bucket.
   *
   * @param state its record
   * @param lakeOffset every row below it is in the lake; the record's floor may be newer
   * @param watermark one past its last row, or less if that isn't known, as of a bucket whose owner
   *     may be dead; the record may be newer. -1 if nothing is known: then an open segment counts
   *     by its age, though none of its rows, since it was opened for some
   */
  public static LakeLag of(BucketState state, long lakeOffset, long watermark) {
    long from = Math.max(lakeOffset, state.lakeOffsetFloor());
    long end = Math.max(watermark, state.sealedEndOffset());
    if (from >= end) {
      return watermark < 0 ? ofOpen(state) : NONE;
    }
    double bytes = 0;
    double rowBytes = 0;
    OptionalLong oldest = OptionalLong.empty();
    for (Segment segment : state.segments()) {
      if (segment instanceof Segment.Closed closed && closed.rows() > 0) {
        rowBytes = (double) closed.bytes() / closed.rows();
        if (closed.endOffset() > from) {
          bytes += rowBytes * (closed.endOffset() - Math.max(from, closed.baseOffset()));
          oldest = oldest.isPresent() ? oldest : OptionalLong.of(timeAt(closed, from));
        }
      } else if (segment instanceof Segment.Open open) {
        bytes += rowBytes * (end - Math.max(from, open.baseOffset()));
        oldest = oldest.isPresent() ? oldest : OptionalLong.of(open.openedAtMicros());
      }
    }
    return new LakeLag(end - from, (long) bytes, oldest);
  }

  private static LakeLag ofOpen(BucketState state) {
    return state
        .openSegment()
        .map(open -> new LakeLag(0, 0, OptionalLong.of(open.openedAtMicros())))
        .orElse(NONE);
  }

  /** As if the segment's rows had come one by one at the same pace. */
  private static long timeAt(Segment.Closed segment, long offset) {
    long before = Math.max(0, offset - segment.baseOffset());
    double span = segment.maxTimeMicros() - segment.minTimeMicros();
    return segment.minTimeMicros() + (long) (span * before / segment.rows());
  }

  /** Returns the lag of both together. */
  public LakeLag plus(LakeLag other) {
    OptionalLong oldest =
        oldestMicros.isEmpty() || other.oldestMicros.isEmpty()
            ? (oldestMicros.isPresent() ? oldestMicros : other.oldestMicros)
            : OptionalLong.of(Math.min(oldestMicros.getAsLong(), other.oldestMicros.getAsLong()));
    return new LakeLag(rows + other.rows, bytes + other.bytes, oldest);
  }

  /**
   * Returns the age of the oldest row that isn't in the lake, in seconds; 0 if there is none.
   *
   * @param nowMicros microseconds since 1970
   */
  public double seconds(long nowMicros) {
    return oldestMicros.isEmpty() ? 0 : Math.max(0, nowMicros - oldestMicros.getAsLong()) / 1e6;
  }
}
