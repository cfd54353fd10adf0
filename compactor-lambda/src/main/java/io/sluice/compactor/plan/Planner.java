package io.sluice.compactor.plan;

import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.plan.Runs.Run;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Decides what to compact next. A plan is a run of one bucket's sealed rows, or the short last runs
 * of several buckets. Buckets take turns, so that one with much to do doesn't keep the others
 * waiting. A run may end inside a segment that is too big for one plan, at any row: readers cut
 * frames. Nothing is planned for a bucket while one of its plans fails, as it couldn't get into the
 * lake; nor do such a bucket's plans take the others' room.
 */
public final class Planner {

  /**
   * What to do.
   *
   * @param plans new plans, for {@link Work#plan}
   * @param missing rows by bucket that are due but in neither log nor lake; their buckets have no
   *     plans
   */
  public record Planned(List<Plan> plans, SortedMap<Integer, OffsetRange> missing) {

    public Planned {
      plans = List.copyOf(plans);
    }
  }

  /**
   * Plans all sealed rows that are neither planned nor in the lake, as far as the limits go.
   *
   * @param segments closed, readable segments by bucket, in order
   * @param ids draws the new plans' ids
   */
  public static Planned plan(
      SortedMap<Integer, List<Segment.Closed>> segments,
      Work work,
      Progress progress,
      PlanLimits limits,
      Supplier<UUID> ids) {
    Set<Integer> heldUp = work.heldUp().keySet();
    int room = room(work, heldUp, limits);
    SortedMap<Integer, OffsetRange> missing = new TreeMap<>();
    SortedMap<Integer, List<Run>> runs = new TreeMap<>();
    segments.forEach(
        (bucket, closed) -> {
          long from = Math.max(work.plannedTo(bucket), progress.offset(bucket));
          long first = firstOffset(closed, from);
          if (first > from) {
            missing.put(bucket, new OffsetRange(from, first));
          } else if (room > 0 && !heldUp.contains(bucket)) {
            runs.put(bucket, Runs.of(closed, from, limits, room));
          }
        });
    return new Planned(takeTurns(runs, limits, room, ids), missing);
  }

  /** Returns how many plans there may be more. */
  private static int room(Work work, Set<Integer> heldUp, PlanLimits limits) {
    long going =
        work.plans().stream().filter(plan -> !heldUp.containsAll(plan.ranges().keySet())).count();
    return (int) Math.min(limits.openPlans() - going, Upkeep.PLANS_AT_MOST - work.plans().size());
  }

  /**
   * Returns the first offset at or after {@code from} that the log still has; from if it's at its
   * end.
   */
  private static long firstOffset(List<Segment.Closed> closed, long from) {
    for (Segment.Closed segment : closed) {
      if (segment.endOffset() > from) {
        return Math.max(from, segment.baseOffset());
      }
    }
    return from;
  }

  private static List<Plan> takeTurns(
      SortedMap<Integer, List<Run>> runs, PlanLimits limits, int room, Supplier<UUID> ids) {
    List<Plan> plans = new ArrayList<>();
    int turns = runs.values().stream().mapToInt(List::size).max().orElse(0);
    for (int turn = 0; turn < turns && plans.size() < room; turn++) {
      Tails tails = new Tails(limits, ids);
      List<Plan> made = new ArrayList<>();
      for (Map.Entry<Integer, List<Run>> entry : runs.entrySet()) {
        if (turn < entry.getValue().size()) {
          Run run = entry.getValue().get(turn);
          if (run.bytes() <= limits.tailBytes()) {
            tails.add(entry.getKey(), run, made);
          } else {
            made.add(Plan.of(ids.get(), entry.getKey(), run.range()));
          }
        }
      }
      tails.close(made);
      plans.addAll(made.subList(0, Math.min(made.size(), room - plans.size())));
    }
    return plans;
  }

  /** Gathers short runs of several buckets. */
  private static final class Tails {

    private final PlanLimits limits;
    private final Supplier<UUID> ids;
    private SortedMap<Integer, OffsetRange> ranges = new TreeMap<>();
    private long bytes;
    private long rows;

    Tails(PlanLimits limits, Supplier<UUID> ids) {
      this.limits = limits;
      this.ids = ids;
    }

    void add(int bucket, Run run, List<Plan> made) {
      if (ranges.size() == limits.tailBuckets()
          || bytes + run.bytes() > limits.planBytes()
          || rows + run.range().count() > limits.planRows()) {
        close(made);
      }
      ranges.put(bucket, run.range());
      bytes += run.bytes();
      rows += run.range().count();
    }

    void close(List<Plan> made) {
      if (!ranges.isEmpty()) {
        made.add(Plan.of(ids.get(), ranges));
        ranges = new TreeMap<>();
        bytes = 0;
        rows = 0;
      }
    }
  }

  private Planner() {}
}
