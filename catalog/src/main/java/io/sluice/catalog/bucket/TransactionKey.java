package io.sluice.catalog.bucket;

import java.util.UUID;

/**
 * Names a transaction of one bucket.
 *
 * @param writerEpoch drawn by the writer at each start or restore
 * @param n the transaction's number in that epoch, dense from 0
 */
public record TransactionKey(UUID writerEpoch, long n) {

  public TransactionKey {
    if (n < 0) {
      throw new IllegalArgumentException("n must be >= 0: " + n);
    }
  }

  @Override
  public String toString() {
    return writerEpoch + "#" + n;
  }
}
