package io.sluice.compactor.plan;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.ResultSpec;
import io.sluice.compactor.work.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Brings a table's work up to what the lake says: plans that are in it are removed, plans that
 * can't be committed any more are voided and what is left of them is planned anew, one bucket each.
 * Plans that wait in one bucket for one that failed are voided, too, so that their other buckets
 * needn't wait.
 */
public final class Upkeep {

  /**
   * A result that is older is given up: others' orphan removal may delete its files once they are
   * 24 h old. Who has chosen it before has an hour to commit it, also if it sleeps in between.
   */
  public static final Duration RESULT_LIFE = Duration.ofHours(23);

  /**
   * Plans of a table at most, those included that are parts of one that was given up: the record is
   * one small value.
   */
  static final int PLANS_AT_MOST = 1_000;

  /**
   * Returns the step.
   *
   * @param progress offsets in force in metadata that was loaded from the lake
   * @param specs the partition specs in that metadata which results can be of
   * @param ids draws the new plans' ids
   */
  public static Work apply(
      Work work, Progress progress, Set<ResultSpec> specs, Instant now, Supplier<UUID> ids) {
    Work changed = work;
    SortedMap<Integer, Long> heldUp = work.heldUp();
    for (Plan plan : work.plans()) {
      if (isCovered(plan, progress)) {
        changed = changed.remove(Set.of(plan.id()));
      } else if (straddles(plan, progress) || isStale(plan.result(), specs, now)) {
        int others = changed.plans().size() - 1;
        changed = changed.voided(plan.id(), remainder(plan, progress, others, ids));
      } else if (!heldUp.isEmpty() && changed.plans().size() < PLANS_AT_MOST) {
        changed = changed.voided(plan.id(), apart(plan, heldUp, ids));
      }
    }
    return changed;
  }

  /**
   * Takes from a worker a plan that it couldn't execute. One of several buckets is planned anew,
   * each bucket by itself, so that one bucket's trouble isn't the others'; one of a single bucket
   * counts its failures.
   */
  public static Work failed(
      Work work, UUID id, String worker, Progress progress, Supplier<UUID> ids) {
    List<Plan> parts =
        work.plan(id)
            .filter(plan -> plan.result() == null)
            .map(plan -> remainder(plan, progress, work.plans().size() - 1, ids))
            .orElse(List.of());
    return parts.size() > 1 ? work.voided(id, parts) : work.failed(id, worker);
  }

  /** Returns a plan in two, if some of its buckets wait for one that failed, and others don't. */
  private static List<Plan> apart(Plan plan, SortedMap<Integer, Long> heldUp, Supplier<UUID> ids) {
    SortedMap<Integer, OffsetRange> free = new TreeMap<>(plan.ranges());
    SortedMap<Integer, OffsetRange> waiting = new TreeMap<>(plan.ranges());
    free.entrySet().removeIf(part -> waits(part, heldUp));
    waiting.keySet().removeAll(free.keySet());
    return free.isEmpty() || waiting.isEmpty()
        ? List.of(plan)
        : List.of(Plan.of(ids.get(), free), Plan.of(ids.get(), waiting));
  }

  private static boolean waits(
      Map.Entry<Integer, OffsetRange> part, SortedMap<Integer, Long> heldUp) {
    Long from = heldUp.get(part.getKey());
    return from != null && part.getValue().start() >= from;
  }

  private static boolean isCovered(Plan plan, Progress progress) {
    return plan.ranges().entrySet().stream()
        .allMatch(range -> range.getValue().end() <= progress.offset(range.getKey()));
  }

  private static boolean straddles(Plan plan, Progress progress) {
    // Only what is below the offsets in force can make a plan uncommittable: it isn't covered, so
    // another part of it is above them.
    return plan.ranges().entrySet().stream()
        .anyMatch(range -> range.getValue().start() < progress.offset(range.getKey()));
  }

  private static boolean isStale(
      @org.jspecify.annotations.Nullable PlanResult result, Set<ResultSpec> specs, Instant now) {
    return result != null
        && (!specs.contains(result.spec()) || result.at().plus(RESULT_LIFE).isBefore(now));
  }

  /** Plans what of a plan isn't in the lake: one plan for each bucket if there is room for them. */
  private static List<Plan> remainder(
      Plan plan, Progress progress, int others, Supplier<UUID> ids) {
    SortedMap<Integer, OffsetRange> left = new TreeMap<>();
    plan.ranges()
        .forEach(
            (bucket, range) -> {
              long start = Math.max(range.start(), progress.offset(bucket));
              if (start < range.end()) {
                left.put(bucket, new OffsetRange(start, range.end()));
              }
            });
    if (others + left.size() > PLANS_AT_MOST) {
      return List.of(Plan.of(ids.get(), left));
    }
    return left.entrySet().stream()
        .map(part -> Plan.of(ids.get(), part.getKey(), part.getValue()))
        .toList();
  }

  private Upkeep() {}
}
