package io.sluice.compactor.plan;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Brings a table's work up to what the lake says: plans that are in it are removed, plans that
 * can't be committed any more are voided and what is left of them is planned anew, one bucket each.
 */
public final class Upkeep {

  /** A result that is older is given up: orphan removal may have deleted its files. */
  public static final Duration RESULT_LIFE = Duration.ofHours(24);

  /**
   * Returns the step.
   *
   * @param progress offsets in force in metadata that was loaded from the lake
   * @param specs ids of the partition specs in that metadata
   * @param ids draws the new plans' ids
   */
  public static Work apply(
      Work work, Progress progress, Set<Integer> specs, Instant now, Supplier<UUID> ids) {
    Work changed = work;
    for (Plan plan : work.plans()) {
      if (isCovered(plan, progress)) {
        changed = changed.remove(Set.of(plan.id()));
      } else if (straddles(plan, progress) || isStale(plan.result(), specs, now)) {
        changed = changed.voided(plan.id(), remainder(plan, progress, ids));
      }
    }
    return changed;
  }

  /** Gives a plan up that couldn't be executed, so that one bucket's trouble isn't the others'. */
  public static Work split(Work work, UUID id, Progress progress, Supplier<UUID> ids) {
    return work.plan(id)
        .filter(plan -> plan.ranges().size() > 1 && plan.result() == null)
        .map(plan -> work.voided(id, remainder(plan, progress, ids)))
        .orElse(work);
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
      @org.jspecify.annotations.Nullable PlanResult result, Set<Integer> specs, Instant now) {
    return result != null
        && (!specs.contains(result.specId()) || result.at().plus(RESULT_LIFE).isBefore(now));
  }

  private static List<Plan> remainder(Plan plan, Progress progress, Supplier<UUID> ids) {
    List<Plan> left = new ArrayList<>();
    plan.ranges()
        .forEach(
            (bucket, range) -> {
              long start = Math.max(range.start(), progress.offset(bucket));
              if (start < range.end()) {
                left.add(Plan.of(ids.get(), bucket, new OffsetRange(start, range.end())));
              }
            });
    return left;
  }

  private Upkeep() {}
}
