package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Call;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.Seam.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One thing happens to a compactor, at each of its calls in turn: the calls of a run to which
 * nothing happens are counted first. What another compactor makes of it an hour later must be
 * right.
 */
@Timeout(300)
class CrashAtEveryStepTest {

  @Test
  void aRunGoesThroughAllThatMayFail() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Set<String> names =
          wellRun(town).stream()
              .map(call -> call.part() + " " + call.name())
              .collect(Collectors.toSet());

      assertThat(names)
          .contains("METADATA read buckets", "METADATA read work", "METADATA read lake")
          .contains("METADATA replace work", "METADATA replace lake", "METADATA replace buckets")
          .contains("CATALOG loadTable", "CATALOG current", "CATALOG commit")
          .contains("STORAGE newInputFile json", "STORAGE read json", "STORAGE read manifest list")
          .contains("STORAGE newOutputFile parquet", "STORAGE create parquet")
          .contains("STORAGE write parquet", "STORAGE close parquet")
          .contains("STORAGE close manifest", "STORAGE close manifest list", "STORAGE close json");
    }
  }

  @Test
  void aWorkerMayDieBeforeEachOfItsCalls() throws Exception {
    everywhere(Fate.DIES_BEFORE, call -> true);
  }

  @Test
  void aWorkerMayDieAfterEachOfItsCalls() throws Exception {
    everywhere(Fate.DIES_AFTER, Call::changesSomething);
  }

  @Test
  void aWorkerMayDieHalfwayThroughEachFile() throws Exception {
    everywhere(Fate.DIES_HALFWAY, Call::endsFile);
  }

  @Test
  void eachCallMayFail() throws Exception {
    everywhere(Fate.FAILS_BEFORE, call -> true);
  }

  @Test
  void eachCallMayFailAlthoughItDidItsWork() throws Exception {
    everywhere(Fate.FAILS_AFTER, Call::changesSomething);
  }

  @Test
  void eachChangeMayBeRefused() throws Exception {
    everywhere(Fate.REFUSED, call -> call.changesMetadata() || call.name().equals("commit"));
  }

  /** A catalog's client may try again by itself, and take its own commit for another's. */
  @Test
  void aCommitMayBeDeniedAlthoughItWasDone() throws Exception {
    everywhere(Fate.DENIED, call -> call.name().equals("commit"));
  }

  @Test
  void eachChangeOfMetadataMayComeLate() throws Exception {
    everywhere(Fate.LATE, Call::changesMetadata);
  }

  @ParameterizedTest
  @EnumSource
  void theStorageMayRefuseAndThrottleAndHangUp(StorageFailure failure) throws Exception {
    try (SeamTown town = new SeamTown()) {
      town.storageFailure = failure::exception;
      Set<String> names = new HashSet<>();
      for (Call call : wellRun(town)) {
        if (call.part() == Part.STORAGE && names.add(call.name())) {
          happens(town, call, call.changesSomething() ? Fate.FAILS_AFTER : Fate.FAILS_BEFORE, "");
        }
      }
    }
  }

  /** What S3 answers, or its client. */
  enum StorageFailure {
    CONFLICT(409),
    PRECONDITION_FAILED(412),
    SLOW_DOWN(503),
    CONNECTION_RESET(0);

    private final int status;

    StorageFailure(int status) {
      this.status = status;
    }

    RuntimeException exception() {
      return status == 0
          ? SdkClientException.create("Connection reset")
          : S3Exception.builder().statusCode(status).message(name()).build();
    }
  }

  /** A partitioned table's plan has more files than one. */
  @Test
  void aPartitionedTablesWorkerMayDieAfterEachOfItsCalls() throws Exception {
    everywhere(Fate.DIES_AFTER, Call::changesSomething, "bucket(3, n)");
    everywhere(Fate.DIES_HALFWAY, Call::endsFile, "bucket(3, n)");
  }

  private static void everywhere(Fate fate, Predicate<Call> where) throws Exception {
    everywhere(fate, where, "");
  }

  private static void everywhere(Fate fate, Predicate<Call> where, String partitioning)
      throws Exception {
    try (SeamTown town = new SeamTown()) {
      List<Call> calls = wellRun(town, partitioning);
      assertThat(calls).anyMatch(where);
      for (Call call : calls) {
        if (where.test(call)) {
          happens(town, call, fate, partitioning);
        }
      }
    }
  }

  private static List<Call> wellRun(SeamTown town) throws Exception {
    return wellRun(town, "");
  }

  private static List<Call> wellRun(SeamTown town, String partitioning) throws Exception {
    Table table = prepared(town, "well", partitioning);
    Seam seam = Seam.well("well");
    assertThat(town.run(seam, table)).isPresent();
    town.audit(table).check();
    assertThat(town.audit(table).orphans()).isEmpty();
    return seam.calls();
  }

  private static void happens(SeamTown town, Call at, Fate fate, String partitioning)
      throws Exception {
    Table table = prepared(town, fate + "_" + at.number(), partitioning);
    Seam unlucky = Seam.once("unlucky", at.number(), fate);
    try {
      var unused = town.run(unlucky, table);
      assertThat(unlucky.calls()).contains(at);
      CompactionReport after = town.recover(table);
      assertThat(after.lagRows()).isZero();

      LakeAudit audit = town.audit(table);
      audit.check();
      // Who comes to an end leaves nothing behind.
      assertThat(audit.orphans()).doesNotContainValue("next");
      assertThat(town.recover(table).commits()).isZero();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(fate + " at " + at, e);
    } finally {
      town.catalog.dropTable(table.name(), false, false);
    }
  }

  /** Returns a table with one snapshot, a full plan, and short tails of two buckets. */
  private static Table prepared(SeamTown town, String name, String partitioning) throws Exception {
    Table table = town.table(name, Map.of("bucket.count", "2", "lake.partitioning", partitioning));
    town.append(table, 0, 3, 2);
    var unused = town.compactor(Seam.well("before")).compact(table, CompactorTown.FAR);
    town.append(table, 0, 70, 40);
    town.append(table, 1, 5, 5);
    return table;
  }
}
