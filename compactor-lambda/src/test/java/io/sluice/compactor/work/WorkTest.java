package io.sluice.compactor.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.OffsetRange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorkTest {

  private static final UUID INCARNATION = new UUID(1, 2);
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
  private static final Plan FIRST = Plan.of(new UUID(0, 1), 0, new OffsetRange(0, 10));
  private static final Plan SECOND = Plan.of(new UUID(0, 2), 0, new OffsetRange(10, 15));
  private static final WorkClaim CLAIM = new WorkClaim("w", NOW.plusSeconds(60));
  private static final PlanResult RESULT = new PlanResult("file:///m.avro", 7, 0, 1, 10, 99, NOW);

  private final Work none = Work.none(INCARNATION);

  @Test
  void itsBytesStayTheSame() {
    Work work =
        none.plan(List.of(FIRST, SECOND)).result(FIRST.id(), RESULT).claim(SECOND.id(), CLAIM, NOW);

    String json = new String(WorkCodec.encode(work), StandardCharsets.UTF_8);

    assertThat(json)
        .isEqualTo(
            "{\"v\":1,\"incarnation\":\"00000000-0000-0001-0000-000000000002\","
                + "\"plannedTo\":{\"0\":15},\"plans\":["
                + "{\"id\":\"00000000-0000-0000-0000-000000000001\",\"ranges\":{\"0\":[0,10]},"
                + "\"result\":{\"manifest\":\"file:///m.avro\",\"length\":7,\"spec\":0,"
                + "\"files\":1,\"rows\":10,\"bytes\":99,\"at\":1700000000000}},"
                + "{\"id\":\"00000000-0000-0000-0000-000000000002\",\"ranges\":{\"0\":[10,15]},"
                + "\"claim\":{\"worker\":\"w\",\"until\":1700000060000}}]}");
    assertThat(WorkCodec.decode("/w", json.getBytes(StandardCharsets.UTF_8))).isEqualTo(work);
  }

  @Test
  void aResultOfPartitionsSaysWhichTheyAre() {
    ResultSpec spec = new ResultSpec(3, "1000:1:month,1001:2:identity");
    List<PartitionRange> ranges =
        List.of(
            new PartitionRange(true, false, "AAAA", "AAAB"),
            new PartitionRange(true, true, null, null));
    Work work =
        none.plan(List.of(FIRST))
            .result(FIRST.id(), new PlanResult("file:///m.avro", 7, spec, ranges, 1, 10, 99, NOW));

    assertThat(WorkCodec.decode("/w", WorkCodec.encode(work))).isEqualTo(work);
  }

  @Test
  void itSaysWhoCommits() {
    Work work = none.claimCommit(CLAIM, NOW);

    String json = new String(WorkCodec.encode(work), StandardCharsets.UTF_8);

    assertThat(json).contains("\"committer\":{\"worker\":\"w\",\"until\":1700000060000}");
    assertThat(WorkCodec.decode("/w", json.getBytes(StandardCharsets.UTF_8))).isEqualTo(work);
  }

  @Test
  void oneCommitsUntilItEndsOrItsTimeIsOver() {
    Work work = none.claimCommit(CLAIM, NOW);
    WorkClaim other = new WorkClaim("other", NOW.plusSeconds(90));

    assertThat(work.isCommitter("w")).isTrue();
    assertThat(work.claimCommit(other, NOW.plusSeconds(59))).isEqualTo(work);
    assertThat(work.claimCommit(other, NOW.plusSeconds(60)).isCommitter("other")).isTrue();
    assertThat(work.unclaimCommit("other")).isEqualTo(work);
    assertThat(work.unclaimCommit("w")).isEqualTo(none);
    Instant later = NOW.plusSeconds(120);
    assertThat(work.claimCommit(new WorkClaim("w", later), NOW).committer())
        .isEqualTo(new WorkClaim("w", later));
  }

  @Test
  void noStepLosesWhoCommits() {
    Work work = none.claimCommit(CLAIM, NOW).plan(List.of(FIRST, SECOND));
    work = work.claim(FIRST.id(), CLAIM, NOW).result(FIRST.id(), RESULT);
    work = work.failed(SECOND.id(), "w").voided(SECOND.id(), List.of());
    assertThat(work.remove(Set.of(FIRST.id())).isCommitter("w")).isTrue();
  }

  @Test
  void aLaterVersionIsRefused() {
    byte[] later = "{\"v\":2}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> WorkCodec.decode("/w", later))
        .hasMessage(
            "work record /w is of version 2, but this Sluice reads 1: it is older than what wrote"
                + " that; upgrade it");
  }

  @Test
  void everyStepChangesNothingTheSecondTime() {
    Work planned = none.plan(List.of(FIRST, SECOND));
    assertThat(planned.plan(List.of(FIRST, SECOND))).isSameAs(planned);
    Work claimed = planned.claim(FIRST.id(), CLAIM, NOW);
    assertThat(claimed.claim(FIRST.id(), CLAIM, NOW)).isSameAs(claimed);
    Work done = claimed.result(FIRST.id(), RESULT);
    assertThat(done.result(FIRST.id(), RESULT)).isSameAs(done);
    Work removed = done.remove(Set.of(FIRST.id()));
    assertThat(removed.remove(Set.of(FIRST.id()))).isSameAs(removed);
    Work voided = removed.voided(SECOND.id(), List.of());
    assertThat(voided.voided(SECOND.id(), List.of())).isSameAs(voided);
    assertThat(voided.plannedTo(0)).isEqualTo(15);
  }

  @Test
  void aClaimKeepsOthersOffUntilItEnds() {
    Work claimed = none.plan(List.of(FIRST)).claim(FIRST.id(), CLAIM, NOW);
    WorkClaim other = new WorkClaim("x", NOW.plusSeconds(600));

    assertThat(claimed.claim(FIRST.id(), other, NOW.plusSeconds(59))).isEqualTo(claimed);
    assertThat(claimed.claim(FIRST.id(), other, NOW.plusSeconds(60)).plan(FIRST.id()))
        .hasValueSatisfying(plan -> assertThat(plan.claim()).isEqualTo(other));
    assertThat(claimed.failed(FIRST.id(), "x")).isEqualTo(claimed);
    Plan failed = claimed.failed(FIRST.id(), "w").plan(FIRST.id()).orElseThrow();
    assertThat(failed.claim()).isNull();
    assertThat(failed.failures()).isEqualTo(1);
  }

  @Test
  void theFirstResultStays() {
    PlanResult late = new PlanResult("file:///late.avro", 7, 0, 1, 10, 99, NOW);
    Work done = none.plan(List.of(FIRST)).result(FIRST.id(), RESULT);

    assertThat(done.result(FIRST.id(), late)).isSameAs(done);
    assertThat(none.result(FIRST.id(), late)).isSameAs(none);
  }

  @Test
  void plansNeverOverlap() {
    Work planned = none.plan(List.of(FIRST));
    Plan overlapping = Plan.of(new UUID(0, 3), 0, new OffsetRange(9, 20));

    assertThat(planned.plan(List.of(overlapping))).isSameAs(planned);
    assertThatThrownBy(
            () ->
                new Work(
                    INCARNATION,
                    new TreeMap<>(java.util.Map.of(0, 20L)),
                    List.of(FIRST, overlapping)))
        .hasMessageContaining("overlaps");
  }
}
