package io.sluice.client;

import java.util.List;

/**
 * What a flush came to.
 *
 * @param buckets by bucket
 * @param inLake whether all rows that were visible when it began are in the lake
 */
public record FlushReport(List<Bucket> buckets, boolean inLake) {

  public FlushReport {
    buckets = List.copyOf(buckets);
  }

  /**
   * How far one bucket is.
   *
   * @param bucket the bucket, from 0
   * @param watermark one past its last visible offset when the flush began
   * @param lakeOffset one past the last offset in the lake when the flush ended
   */
  public record Bucket(int bucket, long watermark, long lakeOffset) {}
}
