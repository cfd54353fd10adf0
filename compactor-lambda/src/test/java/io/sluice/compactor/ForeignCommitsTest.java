package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.Table;
import io.sluice.compactor.Seam.Fate;
import io.sluice.compactor.plan.PlanLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other engines commit to a table of Sluice; its compaction goes on, and nothing is lost. */
@Timeout(180)
class ForeignCommitsTest {

  @TempDir Path folder;
  private CompactorTown town;
  private Table table;

  @BeforeEach
  void opensTown() throws Exception {
    town = new CompactorTown(folder);
    table = town.table("t", 2);
  }

  @AfterEach
  void closesTown() {
    town.close();
  }

  @Test
  void rowsOfAnEngineStayWhenCompactionGoesOn() throws Exception {
    appendByAnEngine("before");
    town.append(table, 0, 30, 10);
    compact();
    appendByAnEngine("between");
    town.append(table, 1, 20, 10);
    compact();

    town.assertLakeEqualsLog(table);
    assertThat(foreignRows()).containsExactlyInAnyOrder("before", "between");
  }

  @Test
  void aCommitOfAnEngineAtAnyMomentOfACompactionLosesAndDoublesNothing() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    int most = Integer.MAX_VALUE;
    int appended = 0;
    for (int at = 0; at < most; at++) {
      town.append(table, 0, 10, 5);
      town.append(table, 1, 3, 3);
      calls.set(0);
      int moment = at;
      Seam seam =
          new Seam(
              "w" + at,
              call -> {
                if (calls.getAndIncrement() == moment) {
                  appendByAnEngine("at " + moment);
                }
                return Fate.WELL;
              });
      SeamMetadata watched = new SeamMetadata(town.metadata, seam, new ConcurrentLinkedQueue<>());
      town.compactor(watched, "w" + at, PlanLimits.DEFAULT).compact(table, CompactorTown.FAR);
      town.assertLakeEqualsLog(table);
      most = Math.min(40, calls.get());
      appended++;
      assertThat(foreignRows()).hasSize(appended);
    }
    assertThat(appended).isGreaterThan(5);
  }

  @Test
  void aColumnOfAnEngineIsNullInRowsFromTheLog() throws Exception {
    town.append(table, 0, 10, 10);
    compact();
    foreign().updateSchema().addColumn("more", Types.DoubleType.get()).moveFirst("more").commit();
    appendByAnEngine("with more");
    town.append(table, 0, 10, 10);
    compact();

    town.assertLakeEqualsLog(table);
    assertThat(town.lakeRows(table))
        .hasSize(21)
        .allSatisfy(row -> assertThat(row.getField("more")).isNull());
  }

  @Test
  void aPartitioningOfAnEngineLeavesCompactionAsItIs() throws Exception {
    town.append(table, 0, 10, 10);
    foreign().updateSpec().addField("text").commit();
    compact();

    town.assertLakeEqualsLog(table);
  }

  @Test
  void whatWouldStopCompactionIsRefused() throws Exception {
    town.append(table, 0, 10, 10);
    compact();
    String tag = "sluice-" + table.incarnation();
    assertThatThrownBy(() -> foreign().manageSnapshots().removeTag(tag).commit())
        .isInstanceOf(ForbiddenException.class);
    appendByAnEngine("kept");
    foreign().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    town.append(table, 0, 10, 10);
    compact();

    town.assertLakeEqualsLog(table);
    assertThat(foreignRows()).containsExactly("kept");
  }

  private void compact() throws Exception {
    town.compactor("a").compact(table, CompactorTown.FAR);
  }

  /** Returns the lake table as an engine gets it through the gateway. */
  private org.apache.iceberg.Table foreign() {
    return town.lake
        .foreignCatalog(town.catalog)
        .loadTable(TableIdentifier.of(table.name().database(), table.name().table()));
  }

  /** Appends a file of one row, as an engine does. */
  private void appendByAnEngine(String text) {
    try {
      org.apache.iceberg.Table lake = foreign();
      OutputFile target =
          lake.io().newOutputFile(lake.location() + "/data/" + UUID.randomUUID() + ".parquet");
      Record row = GenericRecord.create(lake.schema());
      row.setField("n", -1L);
      row.setField("text", text);
      FileAppender<Record> writer =
          Parquet.write(target)
              .schema(lake.schema())
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        writer.add(row);
      }
      DataFile file =
          DataFiles.builder(PartitionSpec.unpartitioned())
              .withPath(target.location())
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(writer.length())
              .withMetrics(writer.metrics())
              .build();
      lake.newAppend().appendFile(file).commit();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<String> foreignRows() throws Exception {
    return town.lakeRows(table).stream()
        .filter(row -> row.getField("_bucket") == null)
        .map(row -> (String) row.getField("text"))
        .toList();
  }
}
