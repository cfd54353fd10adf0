package io.sluice.catalog.bucket;

/**
 * A step was made under a claim that is no longer the bucket's. Nothing was changed; the caller has
 * lost the bucket and must stop appending to it.
 */
public final class StaleClaimException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StaleClaimException(long epoch, Claim current) {
    super(
        "claim epoch "
            + epoch
            + " is stale: the bucket is claimed by '"
            + current.owner()
            + "' with epoch "
            + current.epoch());
  }
}
