package io.sluice.catalog.lake;

import java.time.Instant;

/**
 * Which snapshots may go: those that are too old <em>and</em> not among the newest.
 *
 * @param before when a snapshot must have been committed to be too old
 * @param keep how many of the newest stay on each branch whatever their age, at least 1
 */
public record Expiry(Instant before, int keep) {

  public Expiry {
    if (keep < 1) {
      throw new IllegalArgumentException("keep must be >= 1: " + keep);
    }
  }
}
