package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkClaim;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of the workers that see results, one commits them. */
@Timeout(60)
class CommitTurnTest {

  @TempDir Path folder;
  private CompactorTown town;
  private Table table;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    table = town.table("t", 2);
    town.append(table, 0, 100, 30);
    town.append(table, 1, 10, 10);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  private void update(UnaryOperator<Work> step) throws Exception {
    var unused =
        new StoredWorkRecords(town.metadata, Duration.ofSeconds(5))
            .update(table.id(), table.incarnation(), step);
  }

  private void takesTurn(String worker, Instant until) throws Exception {
    update(work -> work.claimCommit(new WorkClaim(worker, until), town.now));
  }

  @Test
  void theTurnIsFreeWhenAllIsCommitted() throws Exception {
    var unused = town.compactor("a").compact(table, CompactorTown.FAR);

    town.assertLakeEqualsLog(table);
    assertThat(town.work(table).committer()).isNull();
  }

  @Test
  void aWorkerLeavesItsResultToTheOneThatCommits() throws Exception {
    takesTurn("other", town.now.plusSeconds(20));

    CompactionReport report = town.compactor("a").compact(table, CompactorTown.FAR);

    assertThat(report.commits()).isZero();
    assertThat(town.work(table).plans()).allSatisfy(plan -> assertThat(plan.result()).isNotNull());
    CompactionReport committed = town.compactor("other").compact(table, CompactorTown.FAR);
    assertThat(committed.commits()).isEqualTo(1);
    town.assertLakeEqualsLog(table);
    assertThat(town.work(table).committer()).isNull();
  }

  @Test
  void theTurnOfOneThatDiedEndsByItself() throws Exception {
    takesTurn("dead", town.now.plusSeconds(20));
    var unused = town.compactor("a").compact(table, CompactorTown.FAR);
    town.now = town.now.plusSeconds(20);

    CompactionReport report = town.compactor("b").compact(table, CompactorTown.FAR);

    assertThat(report.commits()).isEqualTo(1);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void whoFailsToCommitEndsItsTurn() throws Exception {
    try (SeamTown seams = new SeamTown()) {
      Table other = seams.table("t", 1);
      seams.append(other, 0, 10, 10);
      // It is its turn when it loads the lake again, and can't.
      AtomicBoolean committed = new AtomicBoolean();
      Seam seam =
          new Seam(
              "w",
              call -> {
                if (call.name().equals("commit")) {
                  committed.set(true);
                  return Seam.Fate.FAILS_BEFORE;
                }
                return committed.get() && call.name().contains("load")
                    ? Seam.Fate.FAILS_BEFORE
                    : Seam.Fate.WELL;
              });
      assertThat(seams.run(seam, other)).isEmpty();
      assertThat(seam.calls()).anyMatch(call -> call.name().contains("load"));

      assertThat(seams.run(Seam.well("next"), other).orElseThrow().commits()).isEqualTo(1);
      seams.audit(other).check();
    }
  }

  @Test
  void aTurnIsShort() {
    // Results wait for as long if the worker dies in it.
    assertThat(CompactorSettings.DEFAULT.turnFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(CompactorSettings.DEFAULT.withClaimFor(Duration.ofSeconds(9)).turnFor())
        .isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void whoHasNothingToCommitEndsItsTurn() throws Exception {
    var unused = town.compactor("a").compact(table, CompactorTown.FAR);
    takesTurn("a", town.now.plusSeconds(20));

    unused = town.compactor("a").compact(table, CompactorTown.FAR);

    assertThat(town.work(table).committer()).isNull();
  }

  @Test
  void whoCanGoOnWithAPlanLeavesTheTurnToOthers() throws Exception {
    PlanLimits small = new PlanLimits(1_000, 20, 0, 1, 64);
    takesTurn("other", town.now.plusSeconds(20));

    var unused = town.compactor(town.metadata, "a", small).compact(table, CompactorTown.FAR);

    assertThat(town.work(table).plans())
        .hasSizeGreaterThan(2)
        .allSatisfy(plan -> assertThat(plan.result()).isNotNull());
  }
}
