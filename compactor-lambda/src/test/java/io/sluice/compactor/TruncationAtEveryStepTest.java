package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.lake.Truncation;
import io.sluice.catalog.lake.Truncation.Attempt;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Call;
import io.sluice.compactor.Seam.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table is truncated while its rows are compacted: of them just those above it stay. */
@Timeout(300)
class TruncationAtEveryStepTest {

  /** With {@code -Dtest.exhaustive=true} each call is taken in turn, else every third one. */
  private static final int STRIDE = Boolean.getBoolean("test.exhaustive") ? 1 : 3;

  @Test
  void rowsAboveTheTruncationStayAndThoseBelowItGoWheneverItComes() throws Exception {
    boolean reached = true;
    TreeSet<Long> seen = new TreeSet<>();
    for (int at = 1; reached; at += STRIDE) {
      try (SeamTown town = new SeamTown()) {
        Table table = begun(town);
        int moment = at;
        List<Progress> below = new CopyOnWriteArrayList<>();
        Seam seam =
            new Seam(
                "w",
                call -> {
                  if (call.number() == moment) {
                    below.add(truncate(town, table));
                  }
                  return Fate.WELL;
                });
        assertThat(town.run(seam, table)).as("call %s", moment).isPresent();
        reached = !below.isEmpty();
        if (reached) {
          seen.add(below.get(0).offset(0));
          assertLeft(town, table, below.get(0));
        }
      }
    }
    assertThat(seen).as("offsets at which it came").contains(20L, 45L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fate.class,
      names = {"FAILS_BEFORE", "FAILS_AFTER", "DENIED", "DIES_BEFORE", "DIES_AFTER"})
  void aCommitOfRowsThatWentWrongBringsNothingBack(Fate fate) throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = begun(town);
      var unused = town.run(new Seam("w", call -> isCommit(call) ? fate : Fate.WELL), table);

      assertLeft(town, table, truncate(town, table));
    }
  }

  @Test
  void aCompactorThatSleptBeforeItsCommitCommitsOnlyWhatIsNew() throws Exception {
    try (SeamTown town = new SeamTown()) {
      Table table = begun(town);
      List<Progress> below = new CopyOnWriteArrayList<>();
      Seam sleeper =
          new Seam(
              "w",
              call -> {
                if (isCommit(call) && below.isEmpty()) {
                  // Long enough for its turn to commit to be over.
                  town.now = town.now.plus(Duration.ofMinutes(1));
                  var unused = town.run(Seam.well("other"), table);
                  below.add(truncate(town, table));
                }
                return Fate.WELL;
              });
      var unused = town.run(sleeper, table);

      assertThat(below.get(0).offset(0)).isEqualTo(45);
      assertLeft(town, table, below.get(0));
    }
  }

  @Test
  void allPartitionsAllDeletesAndRowsOfOthersGoAndTheirFilesOnceTheirSnapshotsExpire(
      @TempDir Path folder) throws Exception {
    try (CompactorTown town = new CompactorTown(folder)) {
      MaintainedLake lake = MaintainedLake.withoutRewrites(town);
      Table table = town.table("t", Map.of("lake.partitioning", "bucket(2, n)"));
      lake.commits(table, 2);
      town.iceberg(table).updateSpec().addField(Expressions.truncate("text", 1)).commit();
      lake.commits(table, 2);
      ForeignEngine engine = new ForeignEngine(town.iceberg(table));
      engine.appendPartitioned(1_000);
      DataFile old = engine.files().get(0);

      assertThat(new Truncation(town.lake.table(table)).attempt(Map.of()))
          .isInstanceOf(Attempt.Done.class);

      assertThat(lake.rows(table)).isEmpty();
      assertThat(town.progress(table).offset(0)).isEqualTo(40);
      assertThat(town.iceberg(table).io().newInputFile(old.location()).exists()).isTrue();
      assertThat(new Truncation(town.lake.table(table)).attempt(Map.of()))
          .isInstanceOf(Attempt.Done.class);
      lake.commits(table, 1);
      assertThat(lake.rows(table)).hasSize(10);
      lake.pass(Duration.ofDays(2));
      lake.commits(table, 12);
      lake.maintain(table);
      lake.assertWhole(table);
      assertThat(town.iceberg(table).io().newInputFile(old.location()).exists()).isFalse();
      assertThat(lake.rows(table)).hasSize(130);
      assertThat(town.iceberg(table).snapshot(LakeView.tag(table.incarnation())).snapshotId())
          .isEqualTo(town.iceberg(table).currentSnapshot().snapshotId());
    }
  }

  /** Returns a table with 20 rows of bucket 0 in the lake, and 25 more on the way. */
  private static Table begun(SeamTown town) throws Exception {
    Table table = town.table("t", 2);
    town.append(table, 0, 20, 10);
    assertThat(town.run(Seam.well("first"), table)).isPresent();
    town.append(table, 0, 25, 10);
    town.append(table, 1, 5, 5);
    return table;
  }

  private static boolean isCommit(Call call) {
    return call.name().equals("commit");
  }

  private static Progress truncate(SeamTown town, Table table) {
    Truncation truncation = new Truncation(town.foreignLake("truncation").table(table));
    try {
      if (truncation.attempt(Map.of()) instanceof Attempt.Done done) {
        return done.below();
      }
    } catch (CatalogException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("nobody else commits meanwhile");
  }

  /** Checks that rows from there on are in the lake once, those that come later too. */
  private static void assertLeft(SeamTown town, Table table, Progress below) throws Exception {
    var unused = town.recover(table);
    town.append(table, 0, 7, 7);
    unused = town.recover(table);
    assertThat(offsets(town, table, 0)).isEqualTo(run(below.offset(0), 52));
    assertThat(offsets(town, table, 1)).isEqualTo(run(below.offset(1), 5));
    assertThat(town.progress(table).offset(0)).isEqualTo(52);
    assertThat(town.progress(table).offset(1)).isEqualTo(5);
    town.audit(table).checkFiles();
  }

  private static List<Long> offsets(SeamTown town, Table table, int bucket) throws Exception {
    List<Long> offsets = new ArrayList<>();
    for (Record row : town.lakeRows(table)) {
      if (row.getField(SystemColumns.BUCKET).equals(bucket)) {
        offsets.add((Long) row.getField(SystemColumns.OFFSET));
      }
    }
    offsets.sort(null);
    return offsets;
  }

  private static List<Long> run(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }
}
