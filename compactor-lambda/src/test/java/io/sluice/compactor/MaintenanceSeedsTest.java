package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.FaultyMetadata.Died;
import io.sluice.compactor.FaultyMetadata.Fate;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.table.CompactionException;
import io.sluice.testing.Seeded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compactors, maintainers and others, inside each other's calls, with time that jumps by days. */
@Timeout(300)
class MaintenanceSeedsTest {

  private static final PlanLimits SMALL = new PlanLimits(6_000, 60, 3_000, 2, 3);

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> nothingIsLostOrDoubledAndEveryFileThatIsReferredToIsThere() {
    return Seeded.seeds(
        6,
        random -> {
          try (CompactorTown town = new CompactorTown(folder.resolve("s" + random.nextLong()))) {
            new Run(town, new MaintainedLake(town), random).check();
          }
        });
  }

  private static final class Run {

    private final CompactorTown town;
    private final MaintainedLake lake;
    private final Random random;
    private final Table table;
    private long foreignRows;

    Run(CompactorTown town, MaintainedLake lake, Random random) throws Exception {
      this.town = town;
      this.lake = lake;
      this.random = random;
      this.table = town.table("t", 1 + random.nextInt(2));
    }

    void check() throws Exception {
      for (int round = 0; round < 6; round++) {
        for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
          town.append(table, bucket, 1 + random.nextInt(60), 1 + random.nextInt(30));
        }
        compact(0);
        maintain(0);
        lake.assertWhole(table);
      }
      lake.pass(Duration.ofHours(25));
      town.compactor(town.metadata, "last", SMALL).compact(table, CompactorTown.FAR);
      lake.maintain(table);
      lake.assertWhole(table);
      town.assertLakeEqualsLog(table);
      assertThat(lake.rows(table).stream().filter(row -> row.getField("_bucket") == null))
          .hasSize((int) foreignRows);
      assertThat(new ForeignEngine(town.iceberg(table)).files()).hasSizeLessThan(30);
    }

    private void compact(int depth) {
      FaultyMetadata metadata = new FaultyMetadata(town.metadata, () -> fate(depth));
      harmless(
          metadata,
          () ->
              town.compactor(metadata, "w" + random.nextInt(3), SMALL)
                  .compact(table, CompactorTown.FAR));
    }

    private void maintain(int depth) {
      FaultyMetadata metadata = new FaultyMetadata(town.metadata, () -> fate(depth));
      harmless(
          metadata,
          () ->
              lake.maintainer(metadata, "m" + random.nextInt(3))
                  .maintain(table, CompactorTown.FAR));
    }

    private Fate fate(int depth) {
      if (depth < 3) {
        meanwhile(depth, random.nextInt(200));
      }
      lake.stamp();
      return switch (random.nextInt(100)) {
        case 0 -> Fate.UNAVAILABLE;
        case 1 -> Fate.LOST_BEFORE;
        case 2, 3 -> Fate.LOST_AFTER;
        case 4, 5 -> Fate.LATE;
        case 6 -> Fate.DIES_BEFORE;
        case 7 -> Fate.DIES_AFTER;
        default -> Fate.WELL;
      };
    }

    private void meanwhile(int depth, int dice) {
      if (dice < 6) {
        compact(depth + 1);
      } else if (dice < 14) {
        maintain(depth + 1);
      } else if (dice < 20) {
        pass();
      } else if (dice < 23) {
        foreignCommit();
      }
    }

    private void pass() {
      Duration[] times = {
        Duration.ofSeconds(10), Duration.ofHours(2), Duration.ofHours(25), Duration.ofDays(4)
      };
      lake.pass(times[random.nextInt(times.length)]);
    }

    private void foreignCommit() {
      try {
        switch (random.nextInt(3)) {
          case 0 -> {
            int rows = 1 + random.nextInt(5);
            new ForeignEngine(town.iceberg(table)).append(1_000_000 + foreignRows, rows);
            foreignRows += rows;
          }
          case 1 -> town.iceberg(table).updateProperties().set("x", "" + random.nextInt()).commit();
          default ->
              town.iceberg(table)
                  .expireSnapshots()
                  .expireOlderThan(Long.MAX_VALUE)
                  .retainLast(1)
                  .commit();
        }
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private interface Action {
    Object run() throws Exception;
  }

  private static void harmless(FaultyMetadata metadata, Action action) {
    try {
      var unused = action.run();
    } catch (Died e) {
      assertThat(metadata.died()).isTrue();
    } catch (CompactionException e) {
      // A death inside of a future looks like a failure; the dead do nothing more.
      assertThat(metadata.died() ? CompactionException.Reason.UNAVAILABLE : e.reason())
          .as("%s", e.getMessage())
          .isEqualTo(CompactionException.Reason.UNAVAILABLE);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
