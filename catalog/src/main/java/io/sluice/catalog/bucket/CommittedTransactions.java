package io.sluice.catalog.bucket;

/**
 * What one writer epoch has committed to a bucket.
 *
 * @param lastN the number of the last committed transaction, at least 0; all below it are too
 * @param timeMicros when that one was committed, in microseconds since 1970
 */
public record CommittedTransactions(long lastN, long timeMicros) {

  public CommittedTransactions {
    if (lastN < 0) {
      throw new IllegalArgumentException("lastN must be >= 0: " + lastN);
    }
  }
}
