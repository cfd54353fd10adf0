package io.sluice.compactor.plan;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decides which results go into the next commit: all that continue the lake offsets. */
public final class Combiner {

  /**
   * What goes into one commit.
   *
   * @param plans plans with results, in an order in which each continues the ones before
   * @param next the lake offsets after the commit
   */
  public record Combination(List<Plan> plans, Progress next) {

    public Combination {
      plans = List.copyOf(plans);
    }

    /** Returns whether there is nothing to commit. */
    public boolean isEmpty() {
      return plans.isEmpty();
    }
  }

  /**
   * Chooses from the results in {@code work}. Of a plan all buckets are chosen or none.
   *
   * @param progress the offsets in force in the metadata that the commit will be made on
   */
  public static Combination choose(Progress progress, Work work) {
    List<Plan> left = new ArrayList<>(work.plans());
    left.removeIf(plan -> plan.result() == null);
    List<Plan> chosen = new ArrayList<>();
    Progress next = progress;
    boolean found = true;
    while (found) {
      found = false;
      for (Plan plan : List.copyOf(left)) {
        if (continues(plan, next)) {
          for (Map.Entry<Integer, OffsetRange> range : plan.ranges().entrySet()) {
            next = next.with(range.getKey(), range.getValue().end());
          }
          chosen.add(plan);
          left.remove(plan);
          found = true;
        }
      }
    }
    return new Combination(chosen, next);
  }

  private static boolean continues(Plan plan, Progress progress) {
    return plan.ranges().entrySet().stream()
        .allMatch(range -> range.getValue().start() == progress.offset(range.getKey()));
  }

  private Combiner() {}
}
