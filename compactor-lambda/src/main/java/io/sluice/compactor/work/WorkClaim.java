package io.sluice.compactor.work;

import java.time.Instant;

/**
 * Says that a worker is at a plan, so that others take another one first. It only saves work: who
 * executes a plan that someone else has claimed does nothing wrong.
 *
 * @param worker who
 * @param until when the claim ends by itself
 */
public record WorkClaim(String worker, Instant until) {

  public WorkClaim {
    if (worker.isEmpty()) {
      throw new IllegalArgumentException("worker must not be empty");
    }
  }
}
