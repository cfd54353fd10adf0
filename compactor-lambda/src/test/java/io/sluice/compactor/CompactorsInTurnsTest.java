package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Fate;
import io.sluice.testing.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Two or three compactors get in between each other's calls, fail and die, while others commit,
 * expire and clean up, and time passes.
 */
@Timeout(600)
class CompactorsInTurnsTest {

  private static final int SABOTAGE_SEEDS = 40;

  @TestFactory
  Stream<DynamicTest> everyRowGetsIntoTheLakeOnceAndTheLakeStaysWhole() {
    return Seeded.seeds(20, random -> play(random, Sabotage.NONE));
  }

  @Test
  void theSameSeedGivesTheSameCalls() throws Exception {
    for (long seed = 100; seed < 102; seed++) {
      assertThat(play(new Random(seed), Sabotage.NONE))
          .isEqualTo(play(new Random(seed), Sabotage.NONE))
          .hasSizeGreaterThan(100);
    }
  }

  @Test
  void offsetsReadFromOneSnapshotAloneAreNoticed() {
    assertNoticed(Sabotage.READS_ONE_SNAPSHOT);
  }

  @Test
  void commitsOnMetadataThatNobodyCheckedAreNoticed() {
    assertNoticed(Sabotage.COMMITS_UNCHECKED);
  }

  private static void assertNoticed(Sabotage sabotage) {
    assertThatThrownBy(
            () -> {
              for (long seed = 0; seed < SABOTAGE_SEEDS; seed++) {
                play(new Random(seed), sabotage);
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  /** Returns all calls and what became of them, in order. */
  private static List<String> play(Random random, Sabotage sabotage) throws Exception {
    try (SeamTown town = new SeamTown(sabotage)) {
      Table table = town.table("t", 1 + random.nextInt(3));
      Play play = new Play(town, table, random);
      for (int round = 0; round < 3; round++) {
        play.appendSome();
        play.compactInTurns();
        play.timePasses();
      }
      // What came late in a change of metadata may need a second look.
      var unused = town.recover(table);
      assertThat(town.recover(table).lagRows()).isZero();
      town.audit(table).check();
      return play.trace;
    }
  }

  private static final class Play {

    private final SeamTown town;
    private final Table table;
    private final Random random;
    private final Foreigner foreigner;
    private final List<String> trace = new ArrayList<>();
    private int minutes;

    Play(SeamTown town, Table table, Random random) {
      this.town = town;
      this.table = table;
      this.random = random;
      this.foreigner = new Foreigner(town, table);
    }

    void appendSome() throws Exception {
      for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
        for (int segment = random.nextInt(3); segment > 0; segment--) {
          town.append(table, bucket, 1 + random.nextInt(100), 1 + random.nextInt(60));
        }
      }
    }

    void compactInTurns() throws Exception {
      minutes = 0;
      List<Turns.Body> bodies = new ArrayList<>();
      for (int worker = 2 + random.nextInt(2); worker > 0; worker--) {
        String name = "w" + worker;
        bodies.add(
            turn -> {
              Seam seam =
                  new Seam(
                      name,
                      call -> {
                        turn.pause();
                        Fate fate = fate();
                        trace.add(name + " " + call + " " + fate);
                        return fate;
                      });
              var unused = town.run(seam, table);
            });
      }
      new Turns(random).run(bodies, this::somethingHappens);
    }

    private Fate fate() {
      return switch (random.nextInt(400)) {
        case 0, 1 -> Fate.FAILS_BEFORE;
        case 2, 3 -> Fate.FAILS_AFTER;
        case 4, 5 -> Fate.LATE;
        case 6 -> Fate.DIES_BEFORE;
        case 7 -> Fate.DIES_HALFWAY;
        case 8 -> Fate.DIES_AFTER;
        case 9 -> Fate.REFUSED;
        case 10 -> Fate.DENIED;
        default -> Fate.WELL;
      };
    }

    /** What others do, and an hour at most while a compactor is about its work. */
    private void somethingHappens() {
      switch (random.nextInt(250)) {
        case 0, 1 -> foreigner.commits(random);
        case 2 -> foreigner.expires();
        case 3 -> foreigner.removesOrphans();
        case 4 -> {
          if (minutes + 20 <= 60) {
            minutes += 20;
            town.now = town.now.plus(Duration.ofMinutes(20));
          }
        }
        default -> {}
      }
    }

    void timePasses() {
      int hours = random.nextInt(3) == 0 ? 22 + random.nextInt(4) : 1;
      town.now = town.now.plus(Duration.ofHours(hours));
      foreigner.removesOrphans();
    }
  }
}
