package io.sluice.compactor.work;

import io.sluice.catalog.range.OffsetRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is planned, being done and done of a table's compaction: one small value, changed by pure
 * steps that are put by compare-and-set. Each step can be put again after an unknown outcome: done
 * twice it does what it does once.
 *
 * <p>Open plans never overlap, and none reaches beyond {@code plannedTo}.
 *
 * @param incarnation of the table's log
 * @param plannedTo per bucket, one past the last offset that was ever planned
 * @param plans the plans that aren't known to be in the lake yet, oldest first
 * @param committer who commits the results; null if nobody does
 */
public record Work(
    UUID incarnation,
    SortedMap<Integer, Long> plannedTo,
    List<Plan> plans,
    @Nullable WorkClaim committer) {

  public Work {
    plannedTo = Collections.unmodifiableSortedMap(new TreeMap<>(plannedTo));
    plans = List.copyOf(plans);
    check(plannedTo, plans);
  }

  /** A record whose results nobody commits yet. */
  public Work(UUID incarnation, SortedMap<Integer, Long> plannedTo, List<Plan> plans) {
    this(incarnation, plannedTo, plans, null);
  }

  /** Returns the record of a table that nothing was planned for. */
  public static Work none(UUID incarnation) {
    return new Work(incarnation, new TreeMap<>(), List.of());
  }

  private static void check(SortedMap<Integer, Long> plannedTo, List<Plan> plans) {
    Set<UUID> ids = new HashSet<>();
    SortedMap<Integer, TreeMap<Long, Long>> taken = new TreeMap<>();
    for (Plan plan : plans) {
      if (!ids.add(plan.id())) {
        throw new IllegalArgumentException("plan " + plan.id() + " is there twice");
      }
      plan.ranges()
          .forEach(
              (bucket, range) -> {
                if (range.end() > plannedTo.getOrDefault(bucket, 0L)) {
                  throw new IllegalArgumentException(
                      "plan " + plan + " reaches beyond plannedTo " + plannedTo);
                }
                TreeMap<Long, Long> ends = taken.computeIfAbsent(bucket, b -> new TreeMap<>());
                Map.Entry<Long, Long> before = ends.lowerEntry(range.end());
                if (before != null && before.getValue() > range.start()) {
                  throw new IllegalArgumentException(
                      "plan " + plan + " overlaps another in bucket " + bucket);
                }
                ends.put(range.start(), range.end());
              });
    }
  }

  /** Returns one past the last planned offset of a bucket. */
  public long plannedTo(int bucket) {
    return plannedTo.getOrDefault(bucket, 0L);
  }

  /** Returns a plan; empty if it is gone. */
  public Optional<Plan> plan(UUID id) {
    return plans.stream().filter(plan -> plan.id().equals(id)).findFirst();
  }

  /**
   * Adds plans. One that begins below what is planned already is left out: someone else was faster.
   */
  public Work plan(Collection<Plan> fresh) {
    SortedMap<Integer, Long> newPlannedTo = new TreeMap<>(plannedTo);
    List<Plan> newPlans = new ArrayList<>(plans);
    for (Plan plan : fresh) {
      boolean free =
          plan.ranges().entrySet().stream()
              .allMatch(e -> e.getValue().start() >= newPlannedTo.getOrDefault(e.getKey(), 0L));
      if (free) {
        plan.ranges().forEach((bucket, range) -> newPlannedTo.put(bucket, range.end()));
        newPlans.add(plan);
      }
    }
    return newPlans.size() == plans.size()
        ? this
        : new Work(incarnation, newPlannedTo, newPlans, committer);
  }

  /** Tells whether a worker should execute a plan: it has no result, and nobody else is at it. */
  public static boolean claimable(Plan plan, String worker, Instant now) {
    WorkClaim claim = plan.claim();
    return plan.result() == null
        && (claim == null || claim.worker().equals(worker) || !claim.until().isAfter(now));
  }

  /** Claims a plan; changes nothing if it is gone or not {@link #claimable}. */
  public Work claim(UUID id, WorkClaim claim, Instant now) {
    return replace(
        id,
        plan ->
            claimable(plan, claim.worker(), now) ? List.of(plan.claimedBy(claim)) : List.of(plan));
  }

  /**
   * Ends a worker's claim on a plan that it couldn't execute, so that others needn't wait for it.
   */
  public Work failed(UUID id, String worker) {
    return replace(
        id,
        plan -> {
          WorkClaim claim = plan.claim();
          boolean own = claim != null && claim.worker().equals(worker);
          return List.of(own && plan.result() == null ? plan.failed() : plan);
        });
  }

  /**
   * Returns the buckets that a plan which has failed holds up, and up to where: nothing of them
   * gets into the lake before that plan does.
   */
  public SortedMap<Integer, Long> heldUp() {
    SortedMap<Integer, Long> heldUp = new TreeMap<>();
    for (Plan plan : plans) {
      if (plan.failures() > 0) {
        plan.ranges().forEach((bucket, range) -> heldUp.merge(bucket, range.end(), Math::min));
      }
    }
    return heldUp;
  }

  /** Records a result if the plan has none yet; changes nothing if it is gone. */
  public Work result(UUID id, PlanResult result) {
    return replace(id, plan -> List.of(plan.result() == null ? plan.withResult(result) : plan));
  }

  /**
   * Gives a plan up: its result, if any, will never be committed. What of it isn't in the lake is
   * planned anew in its place, one plan for each bucket.
   *
   * @param remainder the new plans, within the old one's ranges
   */
  public Work voided(UUID id, List<Plan> remainder) {
    return replace(id, plan -> remainder);
  }

  /** Removes plans whose rows a confirmed commit has. */
  public Work remove(Set<UUID> ids) {
    List<Plan> left = plans.stream().filter(plan -> !ids.contains(plan.id())).toList();
    return left.size() == plans.size() ? this : new Work(incarnation, plannedTo, left, committer);
  }

  /**
   * Takes the turn to commit results; changes nothing while it is another worker's. It only saves
   * work: who commits out of turn does nothing wrong, but of all who try at once one alone
   * succeeds.
   */
  public Work claimCommit(WorkClaim claim, Instant now) {
    boolean free =
        committer == null
            || committer.worker().equals(claim.worker())
            || !committer.until().isAfter(now);
    return free ? new Work(incarnation, plannedTo, plans, claim) : this;
  }

  /**
   * Ends a worker's turn to commit. Whoever put a result before this step is applied must have had
   * it seen by that worker; who puts one after it finds the turn free.
   */
  public Work unclaimCommit(String worker) {
    return isCommitter(worker) ? new Work(incarnation, plannedTo, plans, null) : this;
  }

  /** Tells whether it is a worker's turn to commit. */
  public boolean isCommitter(String worker) {
    return committer != null && committer.worker().equals(worker);
  }

  private Work replace(UUID id, java.util.function.Function<Plan, List<Plan>> by) {
    List<Plan> changed = new ArrayList<>();
    for (Plan plan : plans) {
      if (plan.id().equals(id)) {
        changed.addAll(by.apply(plan));
      } else {
        changed.add(plan);
      }
    }
    return changed.equals(plans) ? this : new Work(incarnation, plannedTo, changed, committer);
  }

  /** Returns the ranges of all open plans of a bucket, ascending. */
  public List<OffsetRange> openRanges(int bucket) {
    return plans.stream()
        .map(Plan::ranges)
        .map((Map<Integer, OffsetRange> ranges) -> ranges.get(bucket))
        .filter(java.util.Objects::nonNull)
        .sorted(java.util.Comparator.comparingLong(OffsetRange::start))
        .toList();
  }
}
