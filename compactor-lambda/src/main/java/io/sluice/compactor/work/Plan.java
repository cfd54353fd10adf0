package io.sluice.compactor.work;

import io.sluice.catalog.range.OffsetRange;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows that go into the lake together: all of them in one commit, or none.
 *
 * @param id drawn when it was planned, never used again
 * @param ranges the rows by bucket, none of them empty
 * @param claim who is at it; null if nobody
 * @param result what came of it; null if it wasn't executed yet
 * @param failures how often it couldn't be executed, as of the workers that know of this count: 0
 *     or more, and 0 with a result
 */
public record Plan(
    UUID id,
    SortedMap<Integer, OffsetRange> ranges,
    @Nullable WorkClaim claim,
    @Nullable PlanResult result,
    int failures) {

  public Plan {
    ranges = Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
    if (ranges.isEmpty() || ranges.values().stream().anyMatch(OffsetRange::isEmpty)) {
      throw new IllegalArgumentException("plan " + id + " has no rows in some bucket: " + ranges);
    }
  }

  /** A plan that hasn't failed. */
  public Plan(
      UUID id,
      SortedMap<Integer, OffsetRange> ranges,
      @Nullable WorkClaim claim,
      @Nullable PlanResult result) {
    this(id, ranges, claim, result, 0);
  }

  /** Returns a new plan that nobody has claimed. */
  public static Plan of(UUID id, SortedMap<Integer, OffsetRange> ranges) {
    return new Plan(id, ranges, null, null);
  }

  /** Returns a new plan of one bucket. */
  public static Plan of(UUID id, int bucket, OffsetRange range) {
    return of(id, new TreeMap<>(java.util.Map.of(bucket, range)));
  }

  /** Returns the number of rows. */
  public long rows() {
    return ranges.values().stream().mapToLong(OffsetRange::count).sum();
  }

  Plan claimedBy(WorkClaim newClaim) {
    return new Plan(id, ranges, newClaim, result, failures);
  }

  Plan failed() {
    return new Plan(id, ranges, null, null, failures + 1);
  }

  Plan withResult(PlanResult newResult) {
    return new Plan(id, ranges, null, newResult);
  }

  @Override
  public String toString() {
    return id + " " + ranges;
  }
}
