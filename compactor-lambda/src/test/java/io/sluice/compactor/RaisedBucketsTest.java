package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.StoredWorkRecords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables that got more buckets, or segments, while they are compacted. */
@Timeout(120)
class RaisedBucketsTest {

  @TempDir private Path folder;

  @Test
  void theLakeGoesOnInOldBucketsAndNewOnes() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      Table old = town.table("t", 2);
      town.append(old, 0, 30, 10);
      town.append(old, 1, 20, 10);
      town.compactor("a").compact(old, CompactorTown.FAR);
      town.assertLakeEqualsLog(old);

      Table raised = raise(town, old, 4);
      town.append(raised, 0, 10, 10);
      town.append(raised, 2, 40, 10);
      town.append(raised, 3, 50, 10);
      // One that hasn't heard of the new buckets does no harm to them.
      town.compactor("a").compact(old, CompactorTown.FAR);
      town.assertLakeEqualsLog(old);
      town.compactor("b").compact(raised, CompactorTown.FAR);
      town.assertLakeEqualsLog(raised);
      town.append(raised, 1, 10, 10);
      town.compactor("a").compact(old, CompactorTown.FAR);
      town.assertLakeEqualsLog(raised);
    }
  }

  @Test
  void aRunThatBeganBeforeTheRaiseLeavesPlansOfNewBucketsToOthers() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      Table old = town.table("t", 1);
      town.append(old, 0, 10, 10);
      Table raised = raise(town, old, 2);
      town.append(raised, 1, 20, 10);
      Plan plan = Plan.of(UUID.randomUUID(), 1, new OffsetRange(0, 20));
      plan(town, raised, plan);

      assertThat(town.compactor("a").compact(old, CompactorTown.FAR).rows()).isEqualTo(10);
      assertThat(town.work(raised).plans()).containsExactly(plan);
      town.compactor("b").compact(raised, CompactorTown.FAR);
      town.assertLakeEqualsLog(raised);
    }
  }

  @Test
  void aPlanOfRowsThatWereSealedSinceTheLookIsNotTakenForOneOfMissingRows() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      Table table = town.table("t", 1);
      town.append(table, 0, 10, 10);
      AtomicBoolean slow = new AtomicBoolean(true);
      // While one loads the lake, a segment is sealed, and another one plans it.
      TableCompactor compactor =
          town.compactor(
              "a",
              asked -> {
                if (slow.getAndSet(false)) {
                  sealAndPlan(town, table);
                }
                return town.lake.table(asked);
              });

      assertThat(compactor.compact(table, CompactorTown.FAR).rows()).isEqualTo(30);
      town.assertLakeEqualsLog(table);
    }
  }

  @Test
  void aPlanOfRowsThatNoLookHasIsOneOfMissingRows() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      Table table = town.table("t", 1);
      town.append(table, 0, 10, 10);
      plan(town, table, Plan.of(UUID.randomUUID(), 0, new OffsetRange(0, 30)));

      assertThatThrownBy(() -> town.compactor("a").compact(table, CompactorTown.FAR))
          .isInstanceOfSatisfying(
              CompactionException.class,
              e -> assertThat(e.reason()).isEqualTo(CompactionException.Reason.ROWS_MISSING));
    }
  }

  private static void sealAndPlan(CompactorTown town, Table table) {
    try {
      town.append(table, 0, 20, 10);
      plan(town, table, Plan.of(UUID.randomUUID(), 0, new OffsetRange(0, 30)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void plan(CompactorTown town, Table table, Plan plan) throws Exception {
    var unused =
        new StoredWorkRecords(town.metadata, Duration.ofSeconds(5))
            .update(table.id(), table.incarnation(), work -> work.plan(List.of(plan)));
  }

  private static Table raise(CompactorTown town, Table table, int buckets) throws Exception {
    return new TableCatalog(town.metadata, town.lake)
        .alterTable(
            table.name(), OptionChanges.setting(Map.of("bucket.count", Integer.toString(buckets))));
  }
}
