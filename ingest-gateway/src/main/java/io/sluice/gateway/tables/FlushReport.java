package io.sluice.gateway.tables;

import java.util.List;

/**
 * What a flush reached.
 *
 * @param buckets each bucket
 * @param inLake whether the lake has all rows that were visible when the flush began
 */
public record FlushReport(List<Bucket> buckets, boolean inLake) {

  public FlushReport {
    buckets = List.copyOf(buckets);
  }

  /**
   * One bucket.
   *
   * @param bucket its number
   * @param watermark one past its last row when the flush began
   * @param lakeOffset the lake has every row below it
   */
  public record Bucket(int bucket, long watermark, long lakeOffset) {}
}
