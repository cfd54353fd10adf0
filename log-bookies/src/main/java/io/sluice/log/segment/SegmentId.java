package io.sluice.log.segment;

import java.util.UUID;

/**
 * What a ledger is made for; kept in its custom metadata, so that a ledger that no record names can
 * be told from one that a record may still come to name.
 *
 * @param incarnation of the table's log
 * @param bucket the bucket, at least 0
 * @param claimEpoch the claim that the ledger is made under, at least 1
 */
public record SegmentId(UUID incarnation, int bucket, long claimEpoch) {

  public SegmentId {
    if (bucket < 0) {
      throw new IllegalArgumentException("bucket must be >= 0: " + bucket);
    }
    if (claimEpoch < 1) {
      throw new IllegalArgumentException("claimEpoch must be >= 1: " + claimEpoch);
    }
  }
}
