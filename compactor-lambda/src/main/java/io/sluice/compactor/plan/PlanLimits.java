package io.sluice.compactor.plan;

/**
 * What bounds plans.
 *
 * @param planBytes size in the log, about, at which a plan is full; a segment of up to twice that
 *     stays whole
 * @param planRows rows, about, at which a plan is full; likewise. The two bound the time it takes
 * @param tailBytes size up to which a bucket's last rows share a plan with other buckets'
 * @param tailBuckets buckets that share a plan at most, at least 1
 * @param openPlans plans of a table that are open at most, at least 1
 */
public record PlanLimits(
    long planBytes, long planRows, long tailBytes, int tailBuckets, int openPlans) {

  /** 256 MiB or 20 million rows a plan; tails below 32 MiB share one; 64 open plans. */
  public static final PlanLimits DEFAULT =
      new PlanLimits(256L << 20, 20_000_000, 32L << 20, 64, 64);

  public PlanLimits {
    if (planBytes < 1 || planRows < 1 || tailBytes < 0 || tailBuckets < 1 || openPlans < 1) {
      throw new IllegalArgumentException(
          "planBytes, planRows, tailBuckets and openPlans must be >= 1, tailBytes >= 0: "
              + planBytes
              + ", "
              + planRows
              + ", "
              + tailBuckets
              + ", "
              + openPlans
              + ", "
              + tailBytes);
    }
  }
}
