package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFile.PartitionFieldSummary;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.metrics.InMemoryMetricsReporter;
import org.apache.iceberg.metrics.ScanReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PartitionedLakeTest {

  /** A multiple of four; more with {@code -Dtest.partitions=4000}. */
  private static final int PARTITIONS = Integer.getInteger("test.partitions", 800);

  @TempDir private Path folder;
  private CompactorTown town;

  @BeforeEach
  void open() throws Exception {
    town = new CompactorTown(folder);
  }

  @AfterEach
  void close() {
    town.close();
  }

  @Test
  void rowsAreInTheFileOfTheirPartitionInTheirOrder() throws Exception {
    Table table = table("truncate(10, n)", 2);
    town.append(table, 0, 95, 7);
    town.append(table, 1, 40, 40);

    compact(table);

    List<DataFile> files = files(table, Expressions.alwaysTrue());
    assertThat(files).hasSize(10);
    for (DataFile file : files) {
      long partition = file.partition().get(0, Long.class);
      List<Long> places = new ArrayList<>();
      for (Record row : town.lakeRows(table, file)) {
        assertThat((Long) row.getField("n") / 10 * 10).isEqualTo(partition);
        int bucket = (Integer) row.getField(SystemColumns.BUCKET);
        places.add(bucket * 1_000L + (Long) row.getField(SystemColumns.OFFSET));
      }
      assertThat(places).isSorted();
      assertThat(file.recordCount()).isEqualTo(places.size());
    }
    town.assertLakeEqualsLog(table);
  }

  @Test
  void aFilterOpensOnlyTheFilesOfItsPartitions() throws Exception {
    Table table = table("truncate(10, n),text", 1);
    town.append(table, 0, 50, 50);
    compact(table);

    assertThat(files(table, Expressions.alwaysTrue())).hasSize(50);
    assertThat(files(table, Expressions.equal("text", "0:17"))).hasSize(1);
    assertThat(
            files(
                table,
                Expressions.and(
                    Expressions.greaterThanOrEqual("n", 20L), Expressions.lessThan("n", 40L))))
        .hasSize(20);
  }

  @Test
  void aFilterOpensOnlyTheManifestsOfItsPartitions() throws Exception {
    Table table = table("truncate(10, n),text", 1);
    for (int commit = 0; commit < 3; commit++) {
      town.append(table, 0, 10, 10);
      compact(table);
    }

    for (ManifestFile manifest :
        town.iceberg(table).currentSnapshot().allManifests(town.iceberg(table).io())) {
      List<PartitionFieldSummary> ranges = Objects.requireNonNull(manifest.partitions());
      assertThat(ranges).hasSize(2).noneMatch(PartitionFieldSummary::containsNull);
      // Ten rows are one partition of the first field, and ten of the second.
      assertThat(ranges.get(0).lowerBound()).isEqualTo(ranges.get(0).upperBound());
      assertThat(ranges.get(1).lowerBound()).isNotEqualTo(ranges.get(1).upperBound());
    }
    ScanReport report = report(table, Expressions.equal("n", 14L));
    assertThat(Objects.requireNonNull(report.scanMetrics().scannedDataManifests()).value())
        .isEqualTo(1);
    assertThat(Objects.requireNonNull(report.scanMetrics().resultDataFiles()).value()).isEqualTo(1);
  }

  private ScanReport report(Table table, Expression filter) throws Exception {
    InMemoryMetricsReporter reporter = new InMemoryMetricsReporter();
    try (CloseableIterable<FileScanTask> tasks =
        town.iceberg(table).newScan().filter(filter).metricsReporter(reporter).planFiles()) {
      tasks.forEach(task -> {});
    }
    return Objects.requireNonNull(reporter.scanReport());
  }

  @Test
  void aPlanMayHaveThousandsOfPartitions() throws Exception {
    int rows = 100_000 / PARTITIONS;
    Table table = table("truncate(" + rows + ", n)", 1);
    for (int segment = 0; segment < 4; segment++) {
      town.append(table, 0, PARTITIONS * rows / 4, 5_000);
    }

    compact(table);

    assertThat(files(table, Expressions.alwaysTrue()))
        .hasSize(PARTITIONS)
        .allMatch(file -> file.recordCount() == rows);
    assertThat(town.iceberg(table).currentSnapshot().summary())
        .containsEntry("added-data-files", Integer.toString(PARTITIONS));
    assertThat(town.allocator.getPeakMemoryAllocation()).isLessThan(64 << 20);
    town.assertLakeEqualsLog(table);
  }

  /** As of an AWS Lambda function with little memory, whose settings are the usual ones. */
  @Test
  void boundedMemoryIsEnoughForAPlanOfMoreRows() throws Exception {
    Table table = table("truncate(25000, n)", 1);
    town.append(table, 0, 100_000, 5_000);

    try (BufferAllocator little = town.allocator.newChildAllocator("little", 0, 1 << 20)) {
      var unused =
          town.compactor(town.metadata, "w", PlanLimits.DEFAULT, town.log, little)
              .compact(table, CompactorTown.FAR);
    }

    // One for each time that a third of the memory was full, and a partition's end was in between.
    assertThat(files(table, Expressions.alwaysTrue())).hasSizeBetween(5, 24);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void thePartitioningMayChangeBetweenPlans() throws Exception {
    Table table = table("", 1);
    town.append(table, 0, 20, 20);
    compact(table);

    table = alter(table, Map.of("lake.partitioning", "truncate(10, n)"));
    assertThat(town.iceberg(table).spec().fields()).hasSize(1);
    town.append(table, 0, 20, 20);
    compact(table);
    table = alter(table, Map.of("lake.partitioning", "bucket(2, text),truncate(10, n)"));
    town.append(table, 0, 20, 20);
    compact(table);
    table =
        town.catalog.alterTable(
            table.name(), new OptionChanges(Map.of(), Set.of("lake.partitioning")));
    assertThat(town.iceberg(table).spec().isUnpartitioned()).isTrue();
    town.append(table, 0, 20, 20);
    compact(table);

    Set<Integer> fields = new HashSet<>();
    for (DataFile file : files(table, Expressions.alwaysTrue())) {
      fields.add(
          Objects.requireNonNull(town.iceberg(table).specs().get(file.specId())).fields().size());
    }
    assertThat(fields).containsExactlyInAnyOrder(0, 1, 2);
    town.assertLakeEqualsLog(table);
  }

  @Test
  void compactionWritesByTheSpecThatAnotherEngineMade() throws Exception {
    Table table = table("truncate(10, n)", 1);
    town.append(table, 0, 20, 20);
    compact(table);
    int before = town.iceberg(table).spec().specId();
    town.iceberg(table).updateSpec().addField("text").commit();
    town.append(table, 0, 20, 20);
    compact(table);

    assertThat(files(table, Expressions.alwaysTrue()))
        .extracting(DataFile::specId)
        .contains(before)
        .contains(town.iceberg(table).spec().specId());
    town.assertLakeEqualsLog(table);
  }

  private Table table(String partitioning, int buckets) throws Exception {
    return town.table(
        "t", Map.of("bucket.count", Integer.toString(buckets), "lake.partitioning", partitioning));
  }

  private Table alter(Table table, Map<String, String> options) throws Exception {
    return town.catalog.alterTable(table.name(), OptionChanges.setting(options));
  }

  private void compact(Table table) throws Exception {
    var unused =
        town.compactor(town.metadata, "w", PlanLimits.DEFAULT).compact(table, CompactorTown.FAR);
  }

  private List<DataFile> files(Table table, Expression filter) throws Exception {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        town.iceberg(table).newScan().filter(filter).planFiles()) {
      tasks.forEach(task -> files.add(task.file().copy()));
    }
    return files;
  }
}
