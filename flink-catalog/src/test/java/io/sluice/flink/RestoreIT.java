package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that stop with a savepoint, and go on when what they read next is elsewhere. */
@Timeout(600)
class RestoreIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final TableName COPY = new TableName("default", "copy");
  private static final int BUCKETS = 4;
  private static final long ROWS = 50;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;
  @TempDir private Path savepoints;

  @Test
  void aSavepointGoesOnWithOtherParallelismsOnceItsOffsetsLeftTheLogAndItsSnapshotExpired()
      throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (n BIGINT) WITH ('bucket.count'='"
              + BUCKETS
              + "', 'log.retention'='0s', 'segment.max-age'='1h')");
      sql.executeSql("CREATE TABLE copy (b INT, o BIGINT, n BIGINT)");
      @Nullable String savepoint = null;
      long written = 0;
      for (int parallelism : List.of(1, 4, 2)) {
        // Half of what is new is in the lake alone, half in the log.
        write(client, written);
        town.compact(client, TABLE);
        long inLake = written + ROWS;
        expire(town, client);
        write(client, written + ROWS);
        town.compact(client, TABLE);
        await(
            "the log is trimmed",
            () -> logs(client, TABLE).stream().allMatch(log -> log.start() >= inLake));
        expire(town, client);
        write(client, written + 2 * ROWS);
        written += 3 * ROWS;
        JobClient job = copy(town, parallelism, savepoint);
        long all = written * BUCKETS;
        await(
            "all rows are copied with parallelism " + parallelism,
            () -> logs(client, COPY).stream().mapToLong(BucketWatermark::watermark).sum() >= all);
        savepoint =
            job.stopWithSavepoint(
                    false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get(120, TimeUnit.SECONDS);
      }
      long all = written;
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        List<Long> copied =
            Town.rows(sql, "SELECT o, n FROM copy WHERE b = " + bucket).stream()
                .peek(row -> assertThat(row.getField(0)).isEqualTo(row.getField(1)))
                .map(row -> row.<Long>getFieldAs(0))
                .sorted()
                .toList();
        assertThat(copied)
            .as("bucket " + bucket)
            .isEqualTo(LongStream.range(0, all).boxed().toList());
      }
    }
  }

  /** As after another engine's hand on the lake's metadata; gateways refuse what leads there. */
  @Test
  void rowsThatAreInNeitherLogNorLakeAreNamed() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      String savepoint = copyThenForgetTheLog(town, client);
      Table lake = town.lakeTable(TABLE);
      long newest = lake.currentSnapshot().snapshotId();
      removeSnapshot(lake, newest, Objects.requireNonNull(lake.currentSnapshot().parentId()));

      JobClient restored = copy(town, 2, savepoint);
      assertThatThrownBy(() -> restored.getJobExecutionResult().get(180, TimeUnit.SECONDS))
          .hasStackTraceContaining("offsets [50, 100) of table default.t, bucket ")
          .hasStackTraceContaining("are in neither lake nor log: the lake ends at offset 50, and")
          .hasStackTraceContaining("start the query without its state");
    }
  }

  @Test
  void rowsThatWereRemovedFromTheLakeMeanwhileArePassedOver() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      String savepoint = copyThenForgetTheLog(town, client);
      town.lakeTable(TABLE)
          .newDelete()
          .deleteFromRowFilter(Expressions.lessThan("_offset", 2 * ROWS))
          .commit();

      JobClient restored = copy(town, 2, savepoint);
      awaitCopied(client, 2 * ROWS * BUCKETS);
      restored.cancel().get(120, TimeUnit.SECONDS);
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      assertThat(Town.rows(sql, "SELECT DISTINCT o FROM copy WHERE o >= 50 ORDER BY o"))
          .extracting(row -> row.<Long>getFieldAs(0))
          .isEqualTo(LongStream.range(2 * ROWS, 3 * ROWS).boxed().toList());
    }
  }

  /**
   * Copies the first rows of each bucket and stops with a savepoint; then there are as many again
   * that are in the lake alone, and as many in the log.
   */
  private String copyThenForgetTheLog(Town town, SluiceClient client) throws Exception {
    TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
    sql.executeSql(
        "CREATE TABLE t (n BIGINT) WITH ('bucket.count'='4', 'log.retention'='0s',"
            + " 'segment.max-age'='1h')");
    sql.executeSql("CREATE TABLE copy (b INT, o BIGINT, n BIGINT)");
    write(client, 0);
    town.compact(client, TABLE);
    JobClient job = copy(town, 2, null);
    awaitCopied(client, ROWS * BUCKETS);
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get(120, TimeUnit.SECONDS);
    write(client, ROWS);
    town.compact(client, TABLE);
    await(
        "the log is trimmed",
        () -> logs(client, TABLE).stream().allMatch(log -> log.start() == 2 * ROWS));
    write(client, 2 * ROWS);
    return savepoint;
  }

  private static void awaitCopied(SluiceClient client, long rows) {
    await(
        rows + " rows are copied",
        () -> logs(client, COPY).stream().mapToLong(BucketWatermark::watermark).sum() >= rows);
  }

  /** Makes an earlier snapshot the current one, and removes another with what keeps it. */
  private static void removeSnapshot(Table lake, long snapshot, long earlier) {
    ManageSnapshots manage = lake.manageSnapshots().rollbackTo(earlier);
    lake.refs()
        .forEach(
            (name, ref) -> {
              if (ref.isTag() && ref.snapshotId() == snapshot) {
                manage.removeTag(name);
              }
            });
    manage.commit();
    lake.expireSnapshots().expireSnapshotId(snapshot).commit();
  }

  /** Begins to copy the table, from a savepoint if there is one. */
  private static JobClient copy(Town town, int parallelism, @Nullable String savepoint) {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    sql.getConfig().set("parallelism.default", String.valueOf(parallelism));
    if (savepoint != null) {
      sql.getConfig().set("execution.state-recovery.path", savepoint);
    }
    return sql.executeSql("INSERT INTO copy SELECT _bucket, _offset, n FROM `t$system`")
        .getJobClient()
        .orElseThrow();
  }

  private static void write(SluiceClient client, long from) throws Exception {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
        List<Map<String, Object>> rows =
            LongStream.range(from, from + ROWS)
                .mapToObj(n -> Map.<String, Object>of("n", n))
                .toList();
        writer.append(rows).join();
      }
    }
  }

  /** Expires all snapshots but the current one, as a foreign engine may. */
  private static void expire(Town town, SluiceClient client) throws Exception {
    try (ForeignLake lake = new ForeignLake(town, client, TABLE)) {
      Table table = lake.load();
      table.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    }
  }

  private static List<BucketWatermark> logs(SluiceClient client, TableName table) {
    try {
      return client.watermarks(table);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void await(String what, BooleanSupplier met) {
    long deadline = System.nanoTime() + 180_000_000_000L;
    while (!met.getAsBoolean()) {
      assertThat(System.nanoTime()).as("until " + what).isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
