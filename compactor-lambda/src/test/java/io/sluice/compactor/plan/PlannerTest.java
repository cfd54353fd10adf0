package io.sluice.compactor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.ResultSpec;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkClaim;
import io.sluice.testing.Seeded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PlannerTest {

  private static final UUID INCARNATION = new UUID(1, 2);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final PlanLimits LIMITS = new PlanLimits(1_000, 100, 300, 3, 8);

  private final Work none = Work.none(INCARNATION);
  private final Progress nothing = Progress.none(INCARNATION);

  @Test
  void shortTailsOfSeveralBucketsShareAPlan() {
    List<Plan> plans =
        plan(Map.of(0, List.of(sealed(0, 10, 100)), 1, List.of(sealed(0, 5, 50))), none, nothing);

    assertThat(plans).hasSize(1);
    assertThat(plans.get(0).ranges())
        .containsEntry(0, new OffsetRange(0, 10))
        .containsEntry(1, new OffsetRange(0, 5));
  }

  @Test
  void fullRunsAreTheirBucketsOwn() {
    List<Plan> plans =
        plan(
            Map.of(
                0, List.of(sealed(0, 50, 600), sealed(50, 90, 300), sealed(90, 95, 200)),
                1, List.of(sealed(0, 10, 700))),
            none,
            nothing);

    assertThat(plans)
        .extracting(Plan::ranges)
        .containsExactly(ranges(0, 0, 90), ranges(1, 0, 10), ranges(0, 90, 95));
  }

  @Test
  void aSegmentTooBigForOnePlanIsCut() {
    List<Plan> plans = plan(Map.of(0, List.of(sealed(0, 250, 100))), none, nothing);

    assertThat(plans)
        .extracting(Plan::ranges)
        .containsExactly(ranges(0, 0, 100), ranges(0, 100, 250));
  }

  @Test
  void planningGoesOnAboveWhatIsPlannedOrInTheLake() {
    Work planned = none.plan(List.of(Plan.of(UUID.randomUUID(), 0, new OffsetRange(0, 10))));
    Map<Integer, List<Segment.Closed>> segments = Map.of(0, List.of(sealed(0, 30, 500)));

    assertThat(plan(segments, planned, nothing))
        .extracting(Plan::ranges)
        .containsExactly(ranges(0, 10, 30));
    assertThat(plan(segments, planned, nothing.with(0, 20)))
        .extracting(Plan::ranges)
        .containsExactly(ranges(0, 20, 30));
    assertThat(plan(segments, planned, nothing.with(0, 30))).isEmpty();
  }

  @Test
  void rowsThatLeftTheLogTooEarlyAreNamed() {
    Planner.Planned planned =
        Planner.plan(
            new TreeMap<>(Map.of(0, List.of(sealed(20, 30, 10)), 1, List.of(sealed(0, 3, 10)))),
            none,
            nothing,
            LIMITS,
            UUID::randomUUID);

    assertThat(planned.missing()).containsExactly(Map.entry(0, new OffsetRange(0, 20)));
    assertThat(planned.plans()).extracting(Plan::ranges).containsExactly(ranges(1, 0, 3));
  }

  @Test
  void theNumberOfOpenPlansIsBounded() {
    List<Segment.Closed> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add(sealed(i * 100L, (i + 1) * 100L, 900));
    }
    List<Plan> plans = plan(Map.of(0, many, 1, many), none, nothing);

    assertThat(plans).hasSize(8);
    assertThat(plans).filteredOn(plan -> plan.ranges().containsKey(1)).hasSize(4);
    assertThat(plan(Map.of(0, many), none.plan(plans), nothing)).isEmpty();
  }

  @Test
  void aBucketOfWhichAPlanFailsGetsNoMoreAndTakesNoRoom() {
    List<Segment.Closed> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add(sealed(i * 100L, (i + 1) * 100L, 900));
    }
    Work work = none.plan(plan(Map.of(0, many), none, nothing));
    Plan first = work.plans().get(0);
    Work claimed = work.claim(first.id(), new WorkClaim("w", NOW), NOW);
    Work failed = Upkeep.failed(claimed, first.id(), "w", nothing, UUID::randomUUID);

    assertThat(plan(Map.of(0, many, 1, many), work, nothing)).isEmpty();
    assertThat(plan(Map.of(0, many, 1, many), failed, nothing))
        .hasSize(8)
        .allMatch(plan -> plan.ranges().containsKey(1));
  }

  @TestFactory
  Stream<DynamicTest> plansCoverEverySealedRowOnceAndCombineInAnyOrder() {
    return Seeded.seeds(
        300,
        random -> {
          SortedMap<Integer, List<Segment.Closed>> segments = new TreeMap<>();
          Work work = none;
          Progress progress = nothing;
          for (int round = 0; round < 30; round++) {
            grow(segments, random);
            work = keep(work, progress, random);
            work =
                work.plan(Planner.plan(segments, work, progress, LIMITS, () -> id(random)).plans());
            assertThat(work.plans().size()).isLessThanOrEqualTo(LIMITS.openPlans() * 3);
            work = finishSome(work, random, round < 29 ? 0.5 : 1);
            progress = Combiner.choose(progress, work).next();
          }
          while (lag(segments, progress) > 0) {
            work = keep(work, progress, random);
            work =
                work.plan(Planner.plan(segments, work, progress, LIMITS, () -> id(random)).plans());
            work = finishSome(work, random, 1);
            Progress next = Combiner.choose(progress, work).next();
            assertThat(next).isNotEqualTo(progress);
            progress = next;
          }
          assertThat(keep(work, progress, random).plans()).isEmpty();
        });
  }

  private static Work keep(Work work, Progress progress, Random random) {
    // Now and then the spec is gone, or someone else has committed a part.
    Set<ResultSpec> specs =
        random.nextInt(10) == 0
            ? Set.of(new ResultSpec(0, "1000:1:month"))
            : Set.of(new ResultSpec(0, ""));
    return Upkeep.apply(work, progress, specs, NOW, () -> id(random));
  }

  private Work finishSome(Work work, Random random, double share) {
    Work changed = work;
    for (Plan plan : work.plans()) {
      if (share < 1 && random.nextInt(8) == 0) {
        changed = changed.claim(plan.id(), new WorkClaim("w", NOW), NOW);
        changed = Upkeep.failed(changed, plan.id(), "w", nothing, () -> id(random));
      } else if (random.nextDouble() < share) {
        changed =
            changed.result(
                plan.id(), new PlanResult("m" + plan.id(), 1, 0, 1, plan.rows(), 1, NOW));
      }
    }
    return changed;
  }

  private static void grow(SortedMap<Integer, List<Segment.Closed>> segments, Random random) {
    for (int bucket = 0; bucket < 4; bucket++) {
      List<Segment.Closed> list = segments.computeIfAbsent(bucket, b -> new ArrayList<>());
      long base = list.isEmpty() ? 0 : list.get(list.size() - 1).endOffset();
      if (random.nextInt(3) == 0) {
        list.add(sealed(base, base + random.nextInt(400), random.nextInt(3_000)));
      }
    }
  }

  private static long lag(SortedMap<Integer, List<Segment.Closed>> segments, Progress progress) {
    long lag = 0;
    for (Map.Entry<Integer, List<Segment.Closed>> entry : segments.entrySet()) {
      List<Segment.Closed> list = entry.getValue();
      long end = list.isEmpty() ? 0 : list.get(list.size() - 1).endOffset();
      assertThat(progress.offset(entry.getKey())).isLessThanOrEqualTo(end);
      lag += end - progress.offset(entry.getKey());
    }
    return lag;
  }

  private static List<Plan> plan(
      Map<Integer, List<Segment.Closed>> segments, Work work, Progress progress) {
    return Planner.plan(new TreeMap<>(segments), work, progress, LIMITS, UUID::randomUUID).plans();
  }

  private static UUID id(Random random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private static SortedMap<Integer, OffsetRange> ranges(int bucket, long start, long end) {
    return new TreeMap<>(Map.of(bucket, new OffsetRange(start, end)));
  }

  private static Segment.Closed sealed(long base, long end, long bytes) {
    return new Segment.Sealed(base * 1_000 + end, base, end, 1, 2, bytes, true);
  }
}
