package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Call;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.Seam.Part;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.compactor.work.Work;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A compactor is paused for an hour at each of its calls in turn, while others go on; then it goes
 * on with what it knew.
 */
@Timeout(300)
class ZombieAtEveryStepTest {

  /** What happens in that hour. */
  enum Meanwhile {
    /** Another compactor does all there is to do. */
    COMPACTED {
      @Override
      void happens(SeamTown town, Table table) throws Exception {
        var unused = town.compactor(Seam.well("other")).compact(table, CompactorTown.FAR);
      }
    },
    /** Another one claims what it can get, and dies. */
    CLAIMED {
      @Override
      void happens(SeamTown town, Table table) {
        diesAt(town, table, call -> call.name().equals("newOutputFile parquet"));
      }
    },
    /** Another one puts results where the plans are, and dies. */
    EXECUTED {
      @Override
      void happens(SeamTown town, Table table) {
        diesAt(town, table, call -> call.name().equals("commit"));
      }
    },
    /** All plans are given up, and others made of the same rows. */
    VOIDED {
      @Override
      void happens(SeamTown town, Table table) throws Exception {
        var unused =
            new StoredWorkRecords(town.metadata, Duration.ofSeconds(30))
                .update(table.id(), table.incarnation(), Meanwhile::anew);
      }
    };

    abstract void happens(SeamTown town, Table table) throws Exception;

    private static Work anew(Work work) {
      Work changed = work;
      for (Plan plan : work.plans()) {
        List<Plan> parts =
            plan.ranges().entrySet().stream()
                .map(range -> Plan.of(UUID.randomUUID(), range.getKey(), range.getValue()))
                .toList();
        changed = changed.voided(plan.id(), parts);
      }
      return changed;
    }

    private static void diesAt(SeamTown town, Table table, Predicate<Call> where) {
      Seam seam = new Seam("other", call -> where.test(call) ? Fate.DIES_BEFORE : Fate.WELL);
      var unused = town.run(seam, table);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aZombieDoublesAndBreaksNothing(Meanwhile meanwhile) throws Exception {
    try (SeamTown town = new SeamTown()) {
      for (Call call : wellRun(town)) {
        goesOn(town, call, meanwhile, Fate.WELL);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aZombieMayNotEvenKnowThatItsCallWasDone(Meanwhile meanwhile) throws Exception {
    loses(Sabotage.NONE, meanwhile);
  }

  @Test
  void aZombieThatDeletesWhatItHasNotSeenReplacedIsNoticed() {
    assertThatThrownBy(() -> loses(Sabotage.DELETES_UNREAD, Meanwhile.COMPACTED))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aZombieThatCommitsOnMetadataItHasNotCheckedIsNoticed() {
    assertThatThrownBy(
            () -> {
              try (SeamTown town = new SeamTown(Sabotage.COMMITS_UNCHECKED)) {
                for (Call call : wellRun(town)) {
                  goesOn(town, call, Meanwhile.COMPACTED, Fate.WELL);
                }
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void incarnationsNeverMix() throws Exception {
    try (SeamTown town = new SeamTown()) {
      for (Call call : wellRun(town)) {
        Table before = prepared(town, "anew_" + call.number());
        Table[] anew = new Table[1];
        Seam zombie =
            pausedAt(
                call,
                Fate.WELL,
                () -> {
                  town.catalog.dropTable(before.name(), false, false);
                  town.forget(before);
                  anew[0] = prepared(town, before.name().table());
                });
        try {
          var unused = town.compactor(zombie).compact(before, CompactorTown.FAR);
        } catch (CompactionException e) {
          assertThat(e.reason())
              .isIn(Reason.TABLE_GONE, Reason.LAKE_HISTORY_LOST, Reason.UNAVAILABLE);
        }

        assertThat(town.storage.below(anew[0].location()).values())
            .noneMatch(stored -> stored.writer().equals("zombie"));
        var unused = town.recover(anew[0]);
        town.audit(anew[0]).check();
        town.catalog.dropTable(before.name(), false, false);
      }
    }
  }

  private static void loses(Sabotage sabotage, Meanwhile meanwhile) throws Exception {
    try (SeamTown town = new SeamTown(sabotage)) {
      for (Call call : wellRun(town)) {
        if (call.changesMetadata() || call.name().equals("commit")) {
          goesOn(town, call, meanwhile, Fate.FAILS_AFTER);
        }
      }
    }
  }

  private static void goesOn(SeamTown town, Call at, Meanwhile meanwhile, Fate fate)
      throws Exception {
    Table table = prepared(town, meanwhile + "_" + fate + "_" + at.number());
    Seam zombie =
        pausedAt(
            at,
            fate,
            () -> {
              town.now = town.now.plus(Duration.ofHours(1));
              meanwhile.happens(town, table);
            });
    try {
      var unused = town.run(zombie, table);
      assertThat(zombie.calls()).contains(at);
      unused = town.run(Seam.well("next"), table);
      assertThat(town.recover(table).lagRows()).isZero();
      town.audit(table).check();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(meanwhile + " at " + at + ", which " + fate, e);
    } finally {
      town.catalog.dropTable(table.name(), false, false);
    }
  }

  private interface Event {
    void happens() throws Exception;
  }

  /** Returns the way of a compactor that is paused before its call, or after it if that fails. */
  private static Seam pausedAt(Call at, Fate fate, Event meanwhile) {
    return new Seam(
        "zombie",
        new Seam.Fates() {
          @Override
          public Fate of(Call call) {
            if (call.number() != at.number()) {
              return Fate.WELL;
            }
            if (fate == Fate.WELL) {
              pause();
            }
            return fate;
          }

          @Override
          public void done(Call call) {
            if (call.number() == at.number() && fate != Fate.WELL) {
              pause();
            }
          }

          private void pause() {
            try {
              meanwhile.happens();
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          }
        });
  }

  private static List<Call> wellRun(SeamTown town) throws Exception {
    Table table = prepared(town, "well");
    Seam seam = Seam.well("well");
    assertThat(town.run(seam, table)).isPresent();
    return seam.calls().stream().filter(ZombieAtEveryStepTest::sharesSomething).toList();
  }

  /** Between two calls about files that only the worker knows of nobody can do anything to it. */
  private static boolean sharesSomething(Call call) {
    return call.part() != Part.STORAGE || call.name().matches("(read|newOutputFile) .*");
  }

  /** Returns a table with a full plan, and short tails of two buckets, and none of it compacted. */
  private static Table prepared(SeamTown town, String name) throws Exception {
    Table table = town.table(name, 2);
    town.append(table, 0, 70, 40);
    town.append(table, 1, 5, 5);
    return table;
  }
}
