package io.sluice.catalog.bucket;

/**
 * Who may change a bucket's record.
 *
 * @param owner the gateway's id; empty if nobody has claimed the bucket
 * @param epoch 0 if nobody has, else one more with each claim
 */
public record Claim(String owner, long epoch) {

  /** The claim of a bucket that nobody has claimed yet. */
  public static final Claim NONE = new Claim("", 0);

  public Claim {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch must be >= 0: " + epoch);
    }
    if (owner.isEmpty() != (epoch == 0)) {
      throw new IllegalArgumentException(
          "a claim has an owner and an epoch, or neither: owner='" + owner + "' epoch=" + epoch);
    }
  }
}
