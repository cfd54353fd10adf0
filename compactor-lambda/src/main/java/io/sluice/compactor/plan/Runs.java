package io.sluice.compactor.plan;

import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.range.OffsetRange;
import java.util.ArrayList;
import java.util.List;

/** Cuts one bucket's sealed rows into runs, each as much as a plan may have. */
final class Runs {

  /**
   * Consecutive rows of one bucket.
   *
   * @param range their offsets
   * @param bytes their size in the log, about
   */
  record Run(OffsetRange range, long bytes) {}

  private final PlanLimits limits;
  private final List<Run> runs = new ArrayList<>();
  private long start;
  private long end;
  private long bytes;

  private Runs(PlanLimits limits, long from) {
    this.limits = limits;
    this.start = from;
    this.end = from;
  }

  /**
   * @param segments the bucket's sealed segments, in order, without a gap from {@code from} on
   * @param from first offset that isn't planned yet
   * @param atMost how many runs are wanted at most
   */
  static List<Run> of(
      List<? extends Segment.Closed> segments, long from, PlanLimits limits, int atMost) {
    Runs runs = new Runs(limits, from);
    for (Segment.Closed segment : segments) {
      if (segment.endOffset() > from && runs.runs.size() < atMost) {
        runs.add(segment);
      }
    }
    runs.close();
    return runs.runs.subList(0, Math.min(atMost, runs.runs.size()));
  }

  private void add(Segment.Closed segment) {
    while (end < segment.endOffset()) {
      long rows = segment.endOffset() - end;
      long size = bytes(segment, rows);
      if (fits(rows, size, 1)) {
        extend(rows, size);
      } else if (end > start) {
        close();
      } else if (fits(rows, size, 2)) {
        extend(rows, size);
        close();
      } else {
        long share = Math.min(limits.planRows(), rowsOf(segment, limits.planBytes()));
        extend(Math.max(1, share), bytes(segment, Math.max(1, share)));
        close();
      }
    }
  }

  private boolean fits(long rows, long size, int times) {
    return end - start + rows <= times * limits.planRows()
        && bytes + size <= times * limits.planBytes();
  }

  private void extend(long rows, long size) {
    end += rows;
    bytes += size;
  }

  private void close() {
    if (end > start) {
      runs.add(new Run(new OffsetRange(start, end), bytes));
      start = end;
      bytes = 0;
    }
  }

  private static long bytes(Segment.Closed segment, long rows) {
    return (long) ((double) segment.bytes() * rows / segment.rows());
  }

  private static long rowsOf(Segment.Closed segment, long bytes) {
    return (long) ((double) segment.rows() * bytes / Math.max(1, segment.bytes()));
  }
}
