package io.sluice.client;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a truncation removed.
 *
 * @param buckets by bucket
 * @param removedSnapshot the lake's snapshot that had the rows: time travel finds them there, for
 *     as long as it is kept; empty if there were none
 */
public record TruncateReport(List<Bucket> buckets, OptionalLong removedSnapshot) {

  public TruncateReport {
    buckets = List.copyOf(buckets);
  }

  /**
   * What is gone of one bucket.
   *
   * @param bucket the bucket, from 0
   * @param lakeOffset the offset below which no row is left; all from it on are there
   */
  public record Bucket(int bucket, long lakeOffset) {}
}
