package io.sluice.compactor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.ResultSpec;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkClaim;
import io.sluice.compactor.work.WorkCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UpkeepTest {

  private static final UUID INCARNATION = new UUID(1, 2);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Plan BOTH =
      Plan.of(
          new UUID(0, 1),
          new TreeMap<>(Map.of(0, new OffsetRange(0, 10), 1, new OffsetRange(5, 9))));

  private final Work work =
      new Work(INCARNATION, new TreeMap<>(Map.of(0, 10L, 1, 9L)), List.of(BOTH));
  private final Progress start = Progress.none(INCARNATION).with(1, 5);

  @Test
  void aPlanThatIsInTheLakeIsRemoved() {
    Work kept = apply(work, start.with(0, 10).with(1, 9), NOW, Set.of(0));

    assertThat(kept.plans()).isEmpty();
    assertThat(kept.plannedTo(0)).isEqualTo(10);
  }

  @Test
  void aPlanAboveTheLakeStays() {
    assertThat(apply(work, start, NOW, Set.of(0))).isSameAs(work);
    assertThat(apply(work, Progress.none(INCARNATION), NOW, Set.of(0))).isSameAs(work);
  }

  @Test
  void aPlanThatIsPartlyInTheLakeIsPlannedAnewForTheRest() {
    Work kept = apply(work, start.with(0, 4), NOW, Set.of(0));

    assertThat(kept.plan(BOTH.id())).isEmpty();
    assertThat(kept.openRanges(0)).containsExactly(new OffsetRange(4, 10));
    assertThat(kept.openRanges(1)).containsExactly(new OffsetRange(5, 9));
    assertThat(kept.plans()).hasSize(2);
  }

  @Test
  void aPlanOfWhichOneBucketIsInTheLakeIsPlannedAnewForTheOther() {
    Work kept = apply(work, start.with(0, 10), NOW, Set.of(0));

    assertThat(kept.openRanges(0)).isEmpty();
    assertThat(kept.openRanges(1)).containsExactly(new OffsetRange(5, 9));
  }

  @Test
  void anOldResultIsGivenUp() {
    Work done = work.result(BOTH.id(), result(NOW));

    assertThat(apply(done, start, NOW.plus(Duration.ofHours(23)), Set.of(0))).isSameAs(done);
    Work kept = apply(done, start, NOW.plus(Duration.ofHours(23)).plusMillis(1), Set.of(0));
    assertThat(kept.plans()).hasSize(2).allMatch(plan -> plan.result() == null);
  }

  @Test
  void aResultOfAPartitionSpecThatIsGoneIsGivenUp() {
    Work done = work.result(BOTH.id(), result(NOW));

    Work kept = apply(done, start, NOW, Set.of(1));
    Work other = apply(done, start, NOW, new ResultSpec(0, "1000:1:month"));

    assertThat(kept.plans()).hasSize(2).allMatch(plan -> plan.result() == null);
    assertThat(other.plans()).hasSize(2).allMatch(plan -> plan.result() == null);
  }

  @Test
  void aPlanThatFailedIsSplitByBucketUnlessItHasAResult() {
    assertThat(failed(work, BOTH.id()).plans()).hasSize(2).allMatch(plan -> plan.failures() == 0);
    Work done = work.result(BOTH.id(), result(NOW));
    assertThat(failed(done, BOTH.id())).isSameAs(done);
  }

  @Test
  void aPlanOfOneBucketThatFailedHoldsUpItsBucketUntilItHasAResult() {
    Plan plan = Plan.of(new UUID(0, 2), 0, new OffsetRange(0, 10));
    Work planned = Work.none(INCARNATION).plan(List.of(plan));
    Work claimed = planned.claim(plan.id(), new WorkClaim("w", NOW), NOW);

    Work once = failed(claimed, plan.id());

    assertThat(once.heldUp()).containsExactly(Map.entry(0, 10L));
    assertThat(Work.claimable(once.plans().get(0), "other", NOW)).isTrue();
    assertThat(failed(once, plan.id())).isSameAs(once);
    assertThat(WorkCodec.decode("/w", WorkCodec.encode(once))).isEqualTo(once);
    assertThat(once.result(plan.id(), result(NOW)).heldUp()).isEmpty();
  }

  @Test
  void whoWaitsForAPlanThatFailedWaitsAlone() {
    Plan stuck = Plan.of(new UUID(0, 2), 1, new OffsetRange(5, 9));
    Plan shared =
        Plan.of(
            new UUID(0, 3),
            new TreeMap<>(
                Map.of(
                    0,
                    new OffsetRange(0, 10),
                    1,
                    new OffsetRange(9, 12),
                    2,
                    new OffsetRange(0, 7))));
    Work held =
        Work.none(INCARNATION)
            .plan(List.of(stuck, shared))
            .claim(stuck.id(), new WorkClaim("w", NOW), NOW)
            .result(shared.id(), result(NOW));
    assertThat(apply(held, start, NOW, Set.of(0))).isSameAs(held);

    Work kept = apply(failed(held, stuck.id()), start, NOW, Set.of(0));

    assertThat(kept.plans())
        .extracting(Plan::ranges)
        .containsExactly(
            stuck.ranges(),
            new TreeMap<>(Map.of(0, new OffsetRange(0, 10), 2, new OffsetRange(0, 7))),
            new TreeMap<>(Map.of(1, new OffsetRange(9, 12))));
    assertThat(kept.plans()).allMatch(plan -> plan.result() == null);
    assertThat(apply(kept, start, NOW, Set.of(0))).isSameAs(kept);
  }

  private Work failed(Work of, UUID id) {
    return Upkeep.failed(of, id, "w", start, UUID::randomUUID);
  }

  @Test
  void aRecordFullOfPlansGetsNoMoreOfThem() {
    List<Plan> plans = new ArrayList<>();
    SortedMap<Integer, Long> plannedTo = new TreeMap<>();
    for (int number = 0; number < 40; number++) {
      SortedMap<Integer, OffsetRange> ranges = new TreeMap<>();
      for (int bucket = 0; bucket < 64; bucket++) {
        ranges.put(bucket, new OffsetRange(10L * number, 10L * (number + 1)));
        plannedTo.put(bucket, 10L * (number + 1));
      }
      plans.add(
          new Plan(new UUID(0, number), ranges, null, new PlanResult("m", 1, 0, 1, 640, 1, NOW)));
    }
    Work full = new Work(INCARNATION, plannedTo, plans);

    Work kept = apply(full, Progress.none(INCARNATION), NOW.plus(Duration.ofHours(25)), Set.of(0));

    assertThat(kept.plans())
        .hasSizeBetween(900, Upkeep.PLANS_AT_MOST)
        .allMatch(plan -> plan.result() == null);
    assertThat(kept.plans().stream().mapToLong(Plan::rows).sum()).isEqualTo(40 * 640);
    for (int bucket = 0; bucket < 64; bucket++) {
      assertThat(kept.openRanges(bucket)).hasSize(40);
    }
    assertThat(WorkCodec.encode(kept)).hasSizeLessThan(MetadataStore.MAX_VALUE_BYTES / 2);
  }

  @Test
  void ofAPlanAllBucketsAreChosenOrNone() {
    Work done = work.result(BOTH.id(), result(NOW));

    assertThat(Combiner.choose(Progress.none(INCARNATION), done).isEmpty()).isTrue();
    assertThat(Combiner.choose(start, work).isEmpty()).isTrue();
    Combiner.Combination chosen = Combiner.choose(start, done);
    assertThat(chosen.plans()).extracting(Plan::id).containsExactly(BOTH.id());
    assertThat(chosen.next()).isEqualTo(start.with(0, 10).with(1, 9));
  }

  @Test
  void aPlanThatTheLakeHasAPartOfIsNeverChosen() {
    Work done = work.result(BOTH.id(), result(NOW));

    assertThat(Combiner.choose(start.with(0, 4), done).isEmpty()).isTrue();
    assertThat(Combiner.choose(start.with(0, 10), done).isEmpty()).isTrue();
  }

  private static PlanResult result(Instant at) {
    return new PlanResult("m.avro", 1, 0, 1, 14, 1, at);
  }

  private static Work apply(Work work, Progress progress, Instant now, Set<Integer> specs) {
    return apply(work, progress, now, new ResultSpec(specs.iterator().next(), ""));
  }

  private static Work apply(Work work, Progress progress, Instant now, ResultSpec spec) {
    return Upkeep.apply(work, progress, Set.of(spec), now, UUID::randomUUID);
  }
}
