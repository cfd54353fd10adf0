package io.sluice.catalog.table;

import java.util.UUID;

/**
 * One bucket of one table.
 *
 * @param tableId the table's immutable id
 * @param bucket the bucket, at least 0
 */
public record BucketId(UUID tableId, int bucket) {

  public BucketId {
    if (bucket < 0) {
      throw new IllegalArgumentException("bucket must be >= 0: " + bucket);
    }
  }

  @Override
  public String toString() {
    return tableId + "/" + bucket;
  }
}
