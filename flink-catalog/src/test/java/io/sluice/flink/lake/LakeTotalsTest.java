package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.client.TableDescription;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Aggregate.Kind;
import io.sluice.flink.pushdown.Totals;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Totals of tables whose files aren't there: nobody may look for them. */
@Timeout(300)
class LakeTotalsTest {

  private static final Logger LOG = LoggerFactory.getLogger(LakeTotalsTest.class);

  private static final int COMMITS = 10;
  private static final int FILES = 1_000;
  private static final long ROWS = 10_000;

  private static final List<Aggregate> COUNT = List.of(Aggregate.countRows());
  private static final List<Aggregate> ALL =
      List.of(
          Aggregate.countRows(),
          new Aggregate(Kind.COUNT, 0, new BigIntType()),
          new Aggregate(Kind.MIN, 0, new BigIntType()),
          new Aggregate(Kind.MAX, 0, new BigIntType()));

  @Test
  void aHundredMillionRowsAreCountedByManifestsAlone() throws Exception {
    try (LakeTable lake = table()) {
      for (int commit = 0; commit < COMMITS; commit++) {
        AppendFiles append = lake.table().newAppend();
        for (int i = 0; i < FILES; i++) {
          append.appendFile(file(commit * FILES + i, true));
        }
        append.commit();
      }
      long rows = COMMITS * FILES * ROWS;

      long begin = System.nanoTime();
      assertThat(totals(lake.table(), COUNT, 0)).isEqualTo(GenericRowData.of(rows));
      long counted = System.nanoTime();
      assertThat(totals(lake.table(), ALL, 0))
          .isEqualTo(GenericRowData.of(rows, rows - COMMITS * FILES, 0L, COMMITS * FILES + 1L));
      LOG.info(
          "COUNT(*) of {} rows in {} files: {} ms; with MIN and MAX: {} ms",
          rows,
          COMMITS * FILES,
          (counted - begin) / 1_000_000,
          (System.nanoTime() - counted) / 1_000_000);
    }
  }

  @Test
  void filesWithoutMetricsAreToBeReadAndTheOthersAreNot() throws Exception {
    try (LakeTable lake = table()) {
      lake.table().newAppend().appendFile(file(0, true)).appendFile(file(1, false)).commit();
      assertThat(totals(lake.table(), COUNT, 0)).isEqualTo(GenericRowData.of(2 * ROWS));
      assertThat(totals(lake.table(), ALL, 1)).isEqualTo(GenericRowData.of(ROWS, ROWS - 1, 0L, 2L));
    }
  }

  @Test
  void filesWithDeletesAreToBeRead() throws Exception {
    try (LakeTable lake = table()) {
      lake.table().newAppend().appendFile(file(0, true)).commit();
      lake.table()
          .newRowDelta()
          .addDeletes(
              FileMetadata.deleteFileBuilder(PartitionSpec.unpartitioned())
                  .ofEqualityDeletes(1)
                  .withPath("/deletes.parquet")
                  .withFormat(FileFormat.PARQUET)
                  .withFileSizeInBytes(1)
                  .withRecordCount(1)
                  .build())
          .commit();
      lake.table().newAppend().appendFile(file(1, true)).commit();
      assertThat(totals(lake.table(), COUNT, 1)).isEqualTo(GenericRowData.of(ROWS));
    }
  }

  @Test
  void aTableWithoutASnapshotHasNoRows() throws Exception {
    try (LakeTable lake = table()) {
      assertThat(totals(lake.table(), ALL, 0)).isEqualTo(GenericRowData.of(0L, 0L, null, null));
    }
  }

  private static LakeTable table() {
    return new LakeTable(
        SystemColumns.addTo(new Schema(NestedField.optional(1, "n", Types.LongType.get()))));
  }

  /** Each has one null. */
  private static DataFile file(int number, boolean withMetrics) {
    NestedField n = NestedField.optional(1, "n", Types.LongType.get());
    Metrics metrics =
        new Metrics(
            ROWS,
            null,
            Map.of(1, ROWS),
            Map.of(1, 1L),
            null,
            Map.of(1, Conversions.toByteBuffer(n.type(), (long) number)),
            Map.of(1, Conversions.toByteBuffer(n.type(), number + 2L)));
    DataFiles.Builder builder =
        DataFiles.builder(PartitionSpec.unpartitioned())
            .withPath("/" + number + ".parquet")
            .withFileSizeInBytes(1_000_000)
            .withRecordCount(ROWS);
    return withMetrics ? builder.withMetrics(metrics).build() : builder.build();
  }

  private static Object totals(Table table, List<Aggregate> aggregates, int groups)
      throws IOException {
    UUID incarnation = new UUID(0, 1);
    TableDescription described =
        new TableDescription(
            new TableName("db", "t"),
            new UUID(0, 2),
            incarnation,
            table.location(),
            table.schema(),
            1,
            List.of(),
            Map.of(),
            "");
    Totals totals = new Totals(aggregates);
    assertThat(
            LakeTotals.plan(
                LakeCatalog.View.now(table, Progress.none(incarnation)),
                described,
                List.of("n"),
                aggregates,
                totals))
        .hasSize(groups);
    return totals.row();
  }
}
