package io.sluice.compactor;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.compactor.write.ArrowRows;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real log on one side, the real lake on the other. */
@Timeout(180)
class LogToLakeTest {

  private static final int BUCKETS = 3;
  private static final int BATCHES = 60;

  @TempDir Path folder;

  @Test
  void whatBucketLogsSealIsInTheLakeOnce() throws Exception {
    try (CompactorTown town = new CompactorTown(folder);
        InMemorySegmentStore segments = new InMemorySegmentStore()) {
      Schema columns =
          new Schema(
              optional(1, "n", Types.LongType.get()), optional(2, "s", Types.StringType.get()));
      Table table =
          town.catalog.createTable(
              new TableName("db", "t"),
              columns,
              Map.of("bucket.count", "" + BUCKETS, "segment.bytes", "1MiB"),
              "",
              false);
      TableCompactor compactor =
          new TableCompactor(
              town.records,
              new StoredWorkRecords(town.metadata, Duration.ofSeconds(10)),
              new CompactionErrors(town.metadata),
              segments,
              town.lake::table,
              town.allocator,
              town.settings("w"));
      long[] written = new long[BUCKETS];
      try (CompactorThreads threads =
              CompactorThreads.start(compactor, Tables.of(town.catalog), town.settings("w"));
          BucketLogs logs =
              new BucketLogs(
                  "gateway",
                  LogSettings.DEFAULT,
                  segments,
                  town.records,
                  (name, bucket, rows) -> threads.request(name),
                  LogThreads.start(InstantSource.system()))) {
        for (int batch = 0; batch < BATCHES; batch++) {
          int bucket = batch % BUCKETS;
          written[bucket] += append(town, logs, table, bucket, written[bucket], 1 + batch * 7);
          if (batch % 13 == 0) {
            logs.sealAll(table.id()).get(30, TimeUnit.SECONDS);
          }
        }
        logs.sealAll(table.id()).get(30, TimeUnit.SECONDS);
        Eventually.holds(
            "all is in the lake", Duration.ofSeconds(90), () -> floors(town, table, written));
      }
      assertLake(town, table, written);
    }
  }

  private static int append(
      CompactorTown town, BucketLogs logs, Table table, int bucket, long from, int count)
      throws Exception {
    List<Record> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Record row = GenericRecord.create(table.rowSchema());
      row.setField("n", from + i);
      row.setField("s", "x".repeat((int) ((from + i) % 50)));
      rows.add(row);
    }
    BucketLog log = logs.open(table, bucket).get(30, TimeUnit.SECONDS);
    try (VectorSchemaRoot root = ArrowRows.root(town.allocator, table.schema(), rows)) {
      RowBatch batch =
          new RowBatch(
              table.schemaId(),
              null,
              new FrameEncoder(LogSettings.DEFAULT.maxEntryBytes()).encode(root));
      assertThat(log.append(batch).get(30, TimeUnit.SECONDS).offset()).isEqualTo(from);
    }
    return count;
  }

  private static boolean floors(CompactorTown town, Table table, long[] written) throws Exception {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      BucketState state = town.bucket(table, bucket);
      assertThat(new OffsetRange(0, written[bucket]).end())
          .isGreaterThanOrEqualTo(state.lakeOffsetFloor());
      if (state.lakeOffsetFloor() < written[bucket]) {
        return false;
      }
    }
    return true;
  }

  private static void assertLake(CompactorTown town, Table table, long[] written) throws Exception {
    Map<Integer, Long> counts = new HashMap<>();
    for (Record row : town.lakeRows(table)) {
      Integer bucket = (Integer) row.getField(SystemColumns.BUCKET);
      Long offset = (Long) row.getField(SystemColumns.OFFSET);
      assertThat(row.getField("n")).isEqualTo(offset);
      assertThat(row.getField("s")).isEqualTo("x".repeat((int) (offset % 50)));
      assertThat(row.getField(SystemColumns.TIMESTAMP)).isNotNull();
      counts.merge(bucket, 1L, Long::sum);
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      assertThat(counts).containsEntry(bucket, written[bucket]);
    }
  }
}
