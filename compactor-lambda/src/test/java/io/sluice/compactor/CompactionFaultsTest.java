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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class CompactionFaultsTest {

  private static final PlanLimits SMALL = new PlanLimits(6_000, 60, 3_000, 2, 3);

  @TempDir Path folder;

  @Test
  void aWorkerMayDieBeforeAndAfterEachOfItsSteps() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      for (Fate death : new Fate[] {Fate.DIES_BEFORE, Fate.DIES_AFTER}) {
        int steps = 0;
        boolean finished = false;
        while (!finished) {
          steps++;
          int last = steps;
          AtomicInteger calls = new AtomicInteger();
          Table table = town.table(death + "_" + steps, 2);
          town.append(table, 0, 70, 40);
          town.append(table, 1, 5, 5);

          finished =
              runs(town, table, () -> calls.incrementAndGet() == last ? death : Fate.WELL, "dying");
          town.now = town.now.plusSeconds(3_600);
          town.compactor(town.metadata, "next", SMALL).compact(table, CompactorTown.FAR);

          town.assertLakeEqualsLog(table);
        }
        assertThat(steps).isGreaterThan(15);
      }
    }
  }

  @Test
  void aReplyMayBeLostAfterEachStep() throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      int steps = 0;
      boolean reached = true;
      while (reached) {
        steps++;
        int lost = steps;
        AtomicInteger calls = new AtomicInteger();
        Table table = town.table("lost_" + steps, 1);
        town.append(table, 0, 30, 20);

        for (int run = 0; run < 2; run++) {
          runs(
              town,
              table,
              () -> calls.incrementAndGet() == lost ? Fate.LOST_AFTER : Fate.WELL,
              "worker");
        }
        reached = calls.get() >= lost;

        town.assertLakeEqualsLog(table);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> workersThatMeetEverywhereAndLoseAnythingDoubleNothing() {
    return Seeded.seeds(
        15,
        random -> {
          try (CompactorTown town = new CompactorTown(folder.resolve("s" + random.nextLong()))) {
            Table table = town.table("t", 1 + random.nextInt(3));
            Interleaving interleaving = new Interleaving(town, table, random);
            for (int round = 0; round < 3; round++) {
              interleaving.appendSome();
              interleaving.work(0);
            }
            town.now = town.now.plus(Duration.ofHours(1));
            town.compactor(town.metadata, "last", SMALL).compact(table, CompactorTown.FAR);
            town.assertLakeEqualsLog(table);
          }
        });
  }

  /** Lets workers run inside each other's calls. */
  private record Interleaving(CompactorTown town, Table table, Random random) {

    void appendSome() throws Exception {
      for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
        for (int segment = random.nextInt(3); segment > 0; segment--) {
          town.append(table, bucket, 1 + random.nextInt(150), 1 + random.nextInt(60));
        }
      }
    }

    void work(int depth) {
      runs(town, table, () -> fate(depth), "w" + random.nextInt(3));
      if (random.nextInt(3) == 0) {
        Duration passed = Duration.ofHours(random.nextInt(4) == 0 ? 25 : 1);
        town.now = town.now.plus(passed);
      }
    }

    private Fate fate(int depth) {
      int dice = random.nextInt(200);
      if (depth < 3 && dice < 12) {
        work(depth + 1);
      } else if (depth < 3 && dice < 14) {
        foreignCommit();
      }
      return switch (random.nextInt(80)) {
        case 0 -> Fate.UNAVAILABLE;
        case 1 -> Fate.LOST_BEFORE;
        case 2, 3 -> Fate.LOST_AFTER;
        case 4, 5 -> Fate.LATE;
        case 6 -> Fate.DIES_BEFORE;
        case 7 -> Fate.DIES_AFTER;
        default -> Fate.WELL;
      };
    }

    private void foreignCommit() {
      org.apache.iceberg.Table iceberg = town.iceberg(table);
      if (random.nextBoolean()) {
        iceberg.newAppend().commit();
      } else {
        iceberg.updateProperties().set("foreign", "" + random.nextInt()).commit();
      }
    }
  }

  /** Returns whether the worker lived to the end without an error. */
  private static boolean runs(
      CompactorTown town, Table table, java.util.function.Supplier<Fate> fates, String worker) {
    FaultyMetadata metadata = new FaultyMetadata(town.metadata, fates);
    try {
      town.compactor(metadata, worker, SMALL).compact(table, CompactorTown.FAR);
      return true;
    } catch (Died e) {
      return false;
    } catch (CompactionException e) {
      // A death inside of a future looks like a failure; the dead do nothing more.
      assertThat(metadata.died() ? CompactionException.Reason.UNAVAILABLE : e.reason())
          .isEqualTo(CompactionException.Reason.UNAVAILABLE);
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
