package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Truncation;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.FaultyMetadata.Died;
import io.sluice.compactor.FaultyMetadata.Fate;
import io.sluice.compactor.table.CompactionException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class RewriteFilesTest {

  /** A rewrite is over by then; the calls after these are those of other steps. */
  private static final int CALLS = 14;

  /** With {@code -Dtest.exhaustive=true} each call is taken in turn, else every third one. */
  private static final int STRIDE = Boolean.getBoolean("test.exhaustive") ? 1 : 3;

  @TempDir Path folder;
  private CompactorTown town;
  private MaintainedLake lake;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    lake = new MaintainedLake(town);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  private ForeignEngine engine(Table table) {
    return new ForeignEngine(town.iceberg(table));
  }

  private List<Long> numbers(Table table) throws Exception {
    return lake.rows(table).stream().map(row -> (Long) row.getField("n")).sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void smallFilesBecomeOneWithTheSameRowsInOrder(String format) throws Exception {
    Table table = town.table("t", Map.of("format-version", format, "bucket.count", "2"));
    for (int round = 0; round < 3; round++) {
      town.append(table, 1, 7, 7);
      town.append(table, 0, 5, 5);
      town.compactor("c").compact(table, CompactorTown.FAR);
    }
    long pinned = town.iceberg(table).currentSnapshot().snapshotId();
    List<Record> before = lake.rows(table);

    assertThat(lake.maintain(table).done()).containsEntry("rewrite", 3L);

    List<DataFile> files = engine(table).files();
    assertThat(files).hasSize(1);
    assertThat(lake.rows(table)).containsExactlyInAnyOrderElementsOf(before);
    assertThat(lake.rows(table)).isSortedAccordingTo(MaintainedLake.ORDER);
    assertThat(files.get(0).recordCount()).isEqualTo(36);
    assertThat(files.get(0).splitOffsets()).isNotEmpty();
    int offset = town.iceberg(table).schema().findField(SystemColumns.OFFSET).fieldId();
    assertThat(
            (Long)
                Conversions.fromByteBuffer(
                    Types.LongType.get(), files.get(0).upperBounds().get(offset)))
        .isEqualTo(20);
    town.assertLakeEqualsLog(table);
    lake.assertWhole(table);
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(town.iceberg(table)).useSnapshot(pinned).build()) {
      assertThat(rows).hasSize(36);
    }
  }

  @Test
  void theTagGoesWithARewriteSoThatWhatItReplacedCanGo() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 3);

    lake.maintain(table);

    assertThat(town.iceberg(table).snapshot(LakeView.tag(table.incarnation())).snapshotId())
        .isEqualTo(town.iceberg(table).currentSnapshot().snapshotId());
    lake.commits(table, 3);
    lake.pass(java.time.Duration.ofDays(2));
    lake.maintain(table);
    lake.pass(java.time.Duration.ofDays(2));
    lake.commits(table, 2);
    lake.maintain(table);
    lake.assertWhole(table);
    town.assertLakeEqualsLog(table);
    assertThat(lake.files(".parquet")).hasSizeLessThanOrEqualTo(8);
  }

  @Test
  void rowsThatOthersDeletedStayDeletedAndTheirDeletesGo() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 2);
    ForeignEngine engine = engine(table);
    engine.deletePosition(engine.files().get(0), 3);
    engine.deleteNumber(17);
    List<Long> left = numbers(table);
    assertThat(left).hasSize(18);

    assertThat(lake.maintain(table).done()).containsEntry("rewrite", 2L);

    assertThat(numbers(table)).isEqualTo(left);
    assertThat(engine.files()).hasSize(1);
    assertThat(engine.files().get(0).recordCount()).isEqualTo(18);
    assertThat(town.iceberg(table).newScan().planFiles())
        .allSatisfy(task -> assertThat(task.deletes()).isEmpty());
    assertThat(town.progress(table).offset(0)).isEqualTo(20);
  }

  @Test
  void aFileAllOfWhoseRowsWereDeletedGoes() throws Exception {
    Table table = town.table("t", 1);
    town.append(table, 0, 1, 1);
    town.compactor("c").compact(table, CompactorTown.FAR);
    engine(table).deleteNumber(0);

    assertThat(lake.maintain(table).done()).containsEntry("rewrite", 1L);

    assertThat(engine(table).files()).isEmpty();
    assertThat(town.progress(table).offset(0)).isEqualTo(1);
  }

  @Test
  void rowsOfOthersAreRewrittenApartFromSluices() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 3);
    for (int i = 0; i < 3; i++) {
      engine(table).append(1_000 + 10 * i, 10);
    }

    assertThat(lake.maintain(table).done()).containsEntry("rewrite", 6L);

    assertThat(engine(table).files()).hasSize(2);
    assertThat(lake.rows(table)).hasSize(60);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void filesOfAnEarlierSchemaAreRewrittenInTheNewOne() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 2);
    town.iceberg(table)
        .updateSchema()
        .addColumn("more", Types.StringType.get())
        .renameColumn("text", "words")
        .commit();
    engine(table).deleteNumber(4);
    engine(table).deleteNumber(14);

    lake.maintain(table);

    assertThat(engine(table).files()).hasSize(1);
    assertThat(lake.rows(table))
        .hasSize(18)
        .allSatisfy(row -> assertThat(row.getField("more")).isNull())
        .anySatisfy(row -> assertThat(row.getField("words")).isEqualTo("0:3"));
  }

  @Test
  void filesArePutTogetherWithinTheirPartition() throws Exception {
    Table table = town.table("t", Map.of("lake.partitioning", "bucket(2, n)"));
    lake.commits(table, 9);
    for (long number = 100; number < 108; number++) {
      engine(table).appendPartitioned(number);
    }
    List<Long> before = numbers(table);
    int files = engine(table).files().size();

    assertThat(lake.maintain(table).done().get("rewrite")).isGreaterThan(10L);

    assertThat(numbers(table)).isEqualTo(before);
    assertThat(engine(table).files()).hasSizeLessThan(files / 2);
    assertPartitions(table);
  }

  @Test
  void filesOfAnOlderPartitioningKeepIt() throws Exception {
    Table table = town.table("t", 1);
    lake.commits(table, 4);
    town.iceberg(table).updateSpec().addField(Expressions.bucket("n", 2)).commit();
    lake.commits(table, 4);
    List<Long> before = numbers(table);

    assertThat(lake.maintain(table).done().get("rewrite")).isGreaterThan(4L);

    assertThat(numbers(table)).isEqualTo(before);
    assertThat(engine(table).files().stream().map(DataFile::specId).distinct()).hasSize(2);
    assertPartitions(table);
  }

  /** Checks that each file's partition is that of each of its rows. */
  private void assertPartitions(Table table) throws Exception {
    for (DataFile file : engine(table).files()) {
      PartitionSpec spec = Objects.requireNonNull(town.iceberg(table).specs().get(file.specId()));
      PartitionKey key = new PartitionKey(spec, town.iceberg(table).schema());
      for (Record row : town.lakeRows(table, file)) {
        key.partition(row);
        assertThat(new PartitionData(spec.partitionType()).copyFor(key))
            .hasToString(file.partition().toString());
      }
    }
  }

  /** What another engine does between a rewrite's look and its commit. */
  private interface Meanwhile {
    void happens(Table table) throws Exception;
  }

  private Map<String, Meanwhile> events() {
    return Map.of(
        "append",
        table -> engine(table).append(1_000, 2),
        "position",
        table -> {
          List<DataFile> files = engine(table).files();
          engine(table).deletePosition(files.get(files.size() - 1), 0);
        },
        "value",
        table -> engine(table).deleteNumber(12),
        "file",
        table -> town.iceberg(table).newDelete().deleteFile(engine(table).files().get(0)).commit(),
        "rollback",
        table ->
            town.iceberg(table).manageSnapshots().rollbackTo(lake.snapshots(table).get(0)).commit(),
        "truncation",
        table -> new Truncation(town.lake.table(table)).attempt(Map.of()),
        "expiry",
        table ->
            town.iceberg(table)
                .expireSnapshots()
                .expireOlderThan(Long.MAX_VALUE)
                .retainLast(1)
                .commit(),
        "compaction",
        table -> lake.commits(table, 1),
        "rewrite",
        table -> lake.maintain(table));
  }

  @Test
  void whatOthersDoMeanwhileIsNeverUndone() throws Exception {
    int first = 0;
    for (Map.Entry<String, Meanwhile> event : events().entrySet()) {
      boolean reached = true;
      first = (first + 1) % STRIDE;
      for (int step = 3 + first; step <= CALLS && reached; step += STRIDE) {
        Table table = town.table(event.getKey() + "_" + step, 1);
        lake.commits(table, 3);
        AtomicInteger calls = new AtomicInteger();
        int at = step;
        List<List<Long>> expected = new ArrayList<>();
        FaultyMetadata interrupted =
            new FaultyMetadata(
                town.metadata,
                () -> {
                  if (calls.incrementAndGet() == at) {
                    happens(event.getValue(), table);
                    expected.add(numbersNow(table));
                  }
                  return Fate.WELL;
                });

        maintains(interrupted, table);

        reached = calls.get() >= at;
        if (reached) {
          assertThat(numbers(table)).as("%s at %s", event.getKey(), at).isEqualTo(expected.get(0));
        }
        lake.assertWhole(table);
        assertThat(town.progress(table).offset(0)).isGreaterThanOrEqualTo(30);
      }
    }
  }

  private static void happens(Meanwhile event, Table table) {
    try {
      event.happens(table);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<Long> numbersNow(Table table) {
    try {
      return numbers(table);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aWorkerMayDieAfterEachCallAndLoseEachReply() throws Exception {
    for (Fate fate : new Fate[] {Fate.DIES_AFTER, Fate.LOST_AFTER}) {
      boolean reached = true;
      for (int step = 1; step <= CALLS && reached; step++) {
        int last = step;
        AtomicInteger calls = new AtomicInteger();
        Table table = town.table(fate + "_" + step, 1);
        lake.commits(table, 3);
        FaultyMetadata faulty =
            new FaultyMetadata(
                town.metadata, () -> calls.incrementAndGet() == last ? fate : Fate.WELL);

        maintains(faulty, table);

        reached = calls.get() >= last;
        lake.assertWhole(table);
        town.assertLakeEqualsLog(table);
        lake.pass(java.time.Duration.ofHours(2));
        lake.commits(table, 1);
        lake.maintain(table);
        assertThat(engine(table).files()).hasSizeLessThanOrEqualTo(2);
        lake.assertWhole(table);
        town.assertLakeEqualsLog(table);
      }
    }
  }

  private void maintains(FaultyMetadata faulty, Table table) throws InterruptedException {
    try {
      var unused = lake.maintainer(faulty, "faulty").maintain(table, CompactorTown.FAR);
    } catch (Died e) {
      assertThat(faulty.died()).isTrue();
    } catch (CompactionException e) {
      assertThat(faulty.died() ? CompactionException.Reason.UNAVAILABLE : e.reason())
          .isEqualTo(CompactionException.Reason.UNAVAILABLE);
    }
  }

  @Test
  void aTableThatCommitsForLongKeepsFewFilesAndManifests() throws Exception {
    Table table = town.table("t", 1);
    int mostFiles = 0;
    int mostManifests = 0;
    for (int round = 0; round < 25; round++) {
      lake.commits(table, 2);
      lake.pass(java.time.Duration.ofMinutes(10));
      lake.maintain(table);
      mostFiles = Math.max(mostFiles, engine(table).files().size());
      org.apache.iceberg.Table iceberg = town.iceberg(table);
      mostManifests =
          Math.max(mostManifests, iceberg.currentSnapshot().allManifests(iceberg.io()).size());
    }
    assertThat(mostFiles).isLessThanOrEqualTo(6);
    assertThat(mostManifests).isLessThanOrEqualTo(110);
    assertThat(numbers(table)).isEqualTo(LongStream.range(0, 500).boxed().toList());
    lake.assertWhole(table);
    town.assertLakeEqualsLog(table);
  }
}
