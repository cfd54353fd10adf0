package io.sluice.catalog.range;

/**
 * How one bucket is read across the lake and the log, each offset exactly once: first {@code
 * fromLake}, then {@code fromLog}, which begins where it ends.
 *
 * @param fromLake the offsets to read from the lake's snapshot, from 0 to the lake offset
 * @param fromLog the offsets to read from the log; empty if the lake holds everything
 */
public record UnionPlan(OffsetRange fromLake, OffsetRange fromLog) {

  public UnionPlan {
    if (fromLog.start() != fromLake.end()) {
      throw new IllegalArgumentException(
          "the log's part must begin where the lake's ends: " + fromLake + " then " + fromLog);
    }
  }

  /**
   * Divides a bucket's rows. Below the lake offset the lake's answer is final, so what the log
   * still has of that is not read.
   *
   * @param lake what the lake holds, up to the lake offset
   * @param log what the log holds, up to the watermark
   * @throws IllegalStateException if offsets between the two are in neither, so data was lost
   */
  public static UnionPlan of(OffsetRange lake, OffsetRange log) {
    if (log.start() > lake.end()) {
      throw new IllegalStateException(
          "offsets [" + lake.end() + ", " + log.start() + ") are in neither lake nor log");
    }
    long end = Math.max(lake.end(), log.end());
    return new UnionPlan(lake, new OffsetRange(lake.end(), end));
  }

  /** Returns one past the last offset of the plan. */
  public long end() {
    return fromLog.end();
  }

  /** Returns the number of offsets in both parts. */
  public long count() {
    return fromLake.count() + fromLog.count();
  }
}
