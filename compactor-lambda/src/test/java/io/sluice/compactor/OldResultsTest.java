package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Call;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.work.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that nobody commits for long, or that no longer fit the lake. */
@Timeout(60)
class OldResultsTest {

  @Test
  void aResultIsUsedAsLongAsItsFilesAreSafe() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = executed(town);
      town.now = town.now.plus(Duration.ofHours(22));

      var unused = town.recover(table);

      town.audit(table).check();
      assertThat(town.audit(table).orphans()).doesNotContainValue("next");
      assertThat(town.audit(table).orphans().keySet()).allMatch(file -> file.contains("/snap-"));
    }
  }

  @Test
  void aResultWhoseFilesOthersMayHaveRemovedIsMadeAnew() throws Exception {
    try (SeamTown town = new SeamTown()) {
      assertMadeAnew(town);
    }
  }

  @Test
  void resultsThatNeverGetOldAreNoticed() throws Exception {
    try (SeamTown town = new SeamTown(Sabotage.KEEPS_OLD_RESULTS)) {
      assertThatThrownBy(() -> assertMadeAnew(town)).isInstanceOf(AssertionError.class);
    }
  }

  private static void assertMadeAnew(SeamTown town) throws Exception {
    Table table = executed(town);
    town.now = town.now.plus(Duration.ofHours(24));
    assertThat(town.audit(table).removeForeignOrphans()).isZero();
    town.now = town.now.plus(Duration.ofMinutes(1));
    assertThat(town.audit(table).removeForeignOrphans()).isPositive();

    var unused = town.recover(table);

    town.audit(table).check();
  }

  /** Whoever has chosen a result that is nearly too old may still sleep for an hour. */
  @ParameterizedTest
  @ValueSource(ints = {22 * 60, 23 * 60, 23 * 60 + 30, 24 * 60})
  void aZombiesCommitFindsItsFiles(int minutes) throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = executed(town);
      town.now = town.now.plus(Duration.ofMinutes(minutes));
      Seam zombie =
          new Seam(
              "zombie",
              call -> {
                if (call.name().equals("replace lake")) {
                  town.now = town.now.plus(Duration.ofHours(1));
                  var unused = town.audit(table).removeForeignOrphans();
                }
                return Fate.WELL;
              });

      assertThat(town.run(zombie, table).orElseThrow().commits()).isEqualTo(1);
      town.audit(table).check();
    }
  }

  /** Files count from when the first of them may have been begun, whenever their result is told. */
  @Test
  void aZombiesResultIsAsOldAsItsFiles() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = prepared(town);
      AtomicBoolean paused = new AtomicBoolean();
      Seam zombie =
          new Seam(
              "zombie",
              call -> {
                if (call.name().equals("newOutputFile manifest")
                    && paused.compareAndSet(false, true)) {
                  town.now = town.now.plus(Duration.ofHours(25));
                  assertThat(town.audit(table).removeForeignOrphans()).isPositive();
                }
                return call.name().equals("commit") ? Fate.DIES_BEFORE : Fate.WELL;
              });
      var unused = town.run(zombie, table);

      assertThat(town.recover(table).rows()).isEqualTo(30);
      town.audit(table).check();
    }
  }

  @Test
  void aWorkerThatLosesItsPlanLeavesItsFilesToOthers() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = prepared(town);
      Seam slow =
          new Seam(
              "slow",
              call -> {
                if (call.name().equals("newOutputFile manifest")) {
                  var unused = recoverNow(town, table);
                }
                return Fate.WELL;
              });
      assertThat(town.run(slow, table).orElseThrow().commits()).isZero();

      // Its plan is gone, so it can't know whether its files are needed.
      assertThat(town.audit(table).orphans()).containsValue("slow");
      assertThat(slow.calls()).noneMatch(call -> call.name().startsWith("deleteFile"));
      town.audit(table).check();
    }
  }

  @Test
  void aWorkerThatReadsAnothersResultDeletesItsOwnFiles() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = prepared(town);
      Seam slow =
          new Seam(
              "slow",
              call -> {
                if (call.name().equals("newOutputFile manifest")) {
                  town.now = town.now.plus(Duration.ofHours(1));
                  var unused = town.run(dies("other", at -> at.name().equals("commit")), table);
                }
                return Fate.WELL;
              });
      // The other died in its turn to commit, which has some time to go.
      assertThat(town.run(slow, table).orElseThrow().commits()).isZero();
      assertThat(town.recover(table).rows()).isEqualTo(30);

      assertThat(town.audit(table).orphans()).doesNotContainValue("slow");
      assertThat(slow.calls()).anyMatch(call -> call.name().equals("deleteFile parquet"));
      town.audit(table).check();
    }
  }

  @Test
  void aResultOfASpecThatIsGoneIsMadeAnew() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = executed(town);
      Set<String> old = manifests(town, table);
      Foreigner foreigner = new Foreigner(town, table);
      foreigner.lakeTable().updateSpec().addField("n").commit();
      foreigner.lakeTable().expireSnapshots().cleanExpiredMetadata(true).commit();
      assertThat(foreigner.lakeTable().specs()).doesNotContainKey(0);

      var unused = town.recover(table);

      town.audit(table).check();
      assertThat(foreigner.lakeTable().currentSnapshot().allManifests(foreigner.lakeTable().io()))
          .noneMatch(manifest -> old.contains(manifest.path()));
    }
  }

  @Test
  void aResultOfAnOlderSpecThatIsStillThereIsCommittedAsItIs() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = executed(town);
      Set<String> old = manifests(town, table);
      Foreigner foreigner = new Foreigner(town, table);
      foreigner.lakeTable().updateSpec().addField("n").commit();

      var unused = town.recover(table);

      town.audit(table).check();
      assertThat(foreigner.lakeTable().currentSnapshot().allManifests(foreigner.lakeTable().io()))
          .extracting(ManifestFile::path)
          .containsAll(old);
    }
  }

  @Test
  void aSpecIdThatComesBackWithAnotherMeaningIsAnotherSpec() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = prepared(town);
      Foreigner foreigner = new Foreigner(town, table);
      foreigner.lakeTable().updateSpec().addField("n").commit();
      foreigner.lakeTable().expireSnapshots().cleanExpiredMetadata(true).commit();
      foreigner.lakeTable().updateSpec().removeField("n").commit();
      var unused = town.run(dies("first", call -> call.name().equals("commit")), table);
      int spec = Objects.requireNonNull(town.work(table).plans().get(0).result()).specId();
      foreigner.lakeTable().updateSpec().addField("n").commit();
      foreigner.lakeTable().expireSnapshots().cleanExpiredMetadata(true).commit();
      foreigner.lakeTable().updateSpec().addField("text").commit();
      assertThat(foreigner.lakeTable().specs())
          .hasEntrySatisfying(spec, now -> assertThat(now.isUnpartitioned()).isFalse());

      assertThat(foreigner.lakeTable().currentSnapshot()).isNull();
      assertThat(town.recover(table).rows()).isEqualTo(30);
      town.audit(table).check();
    }
  }

  @Test
  void othersHavingDoneAPlanIsNoFailure() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = prepared(town);
      AtomicInteger failures = new AtomicInteger();
      town.storageFailure =
          () -> {
            failures.incrementAndGet();
            return new RuntimeIOException("Connection reset by peer");
          };
      Seam slow =
          new Seam(
              "slow",
              call -> {
                if (call.name().equals("close parquet")) {
                  var unused = recoverNow(town, table);
                  return Fate.FAILS_BEFORE;
                }
                return Fate.WELL;
              });

      assertThat(town.run(slow, table)).isPresent();
      assertThat(failures).hasPositiveValue();
      town.audit(table).check();
    }
  }

  private static CompactionReport recoverNow(SeamTown town, Table table) {
    try {
      return town.recover(table);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Table prepared(SeamTown town) throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 30, 10);
    return table;
  }

  /** Returns a table whose rows have a result that isn't in the lake. */
  private static Table executed(SeamTown town) throws Exception {
    Table table = prepared(town);
    var unused = town.run(dies("first", call -> call.name().equals("commit")), table);
    assertThat(manifests(town, table)).hasSize(1);
    return table;
  }

  private static Seam dies(String worker, Predicate<Call> where) {
    return new Seam(worker, call -> where.test(call) ? Fate.DIES_BEFORE : Fate.WELL);
  }

  private static Set<String> manifests(SeamTown town, Table table) throws Exception {
    List<Plan> plans = town.work(table).plans();
    return plans.stream()
        .map(Plan::result)
        .filter(Objects::nonNull)
        .map(result -> result.manifest())
        .collect(Collectors.toSet());
  }
}
