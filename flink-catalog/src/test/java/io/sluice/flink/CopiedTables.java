package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * A town with tables of numbers, of which jobs copy one into another.
 *
 * @param savepoints where jobs leave them
 */
record CopiedTables(Town town, SluiceClient client, Path savepoints) implements AutoCloseable {

  static final String EXACTLY_ONCE = " /*+ OPTIONS('sink.delivery-guarantee'='exactly-once') */ ";
  private static final long WAIT_SECONDS = 240;

  static TableName name(String table) {
    return new TableName("default", table);
  }

  TableEnvironment batch() {
    return town.sql(EnvironmentSettings.inBatchMode());
  }

  /** Returns a session whose jobs take checkpoints, and start again when they fail. */
  TableEnvironment streaming(int parallelism, String checkpointInterval) {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    sql.getConfig().set("parallelism.default", String.valueOf(parallelism));
    sql.getConfig().set("execution.checkpointing.interval", checkpointInterval);
    sql.getConfig().set("restart-strategy.type", "fixed-delay");
    sql.getConfig().set("restart-strategy.fixed-delay.attempts", "1000");
    sql.getConfig().set("restart-strategy.fixed-delay.delay", "50 ms");
    sql.createTemporarySystemFunction("fails_once", FailsOnce.class);
    return sql;
  }

  static JobClient start(TableEnvironment sql, String insert) {
    return sql.executeSql(insert).getJobClient().orElseThrow();
  }

  String stopWithSavepoint(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Takes a savepoint, whose transactions the job won't commit: that is left to who restores it.
   */
  String savepoint(JobClient job) throws Exception {
    return job.triggerSavepoint(savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  static void cancel(JobClient job) throws Exception {
    job.cancel().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Appends the numbers from {@code first} on to one bucket; returns the number after them. */
  long append(String table, long first, int count) throws Exception {
    int bucket = (int) (first / count % 2);
    try (TableWriter writer =
        client.writer(name(table), WriterSettings.create().withBucket(bucket))) {
      List<Map<String, Object>> rows =
          LongStream.range(first, first + count)
              .mapToObj(n -> Map.<String, Object>of("n", n))
              .toList();
      writer.append(rows).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
    return first + count;
  }

  /** Returns how many rows a table ever had. */
  long rows(String table) throws Exception {
    return client.watermarks(name(table)).stream().mapToLong(BucketWatermark::watermark).sum();
  }

  /** Waits until a table has so many rows, and fails if it has more. */
  void awaitRows(String table, long rows) throws Exception {
    await(table + " has " + rows + " rows", () -> rows(table) >= rows);
    assertThat(rows(table)).isEqualTo(rows);
  }

  /** Waits until the log has no row of a table any more. */
  void awaitEmptyLog(String table) throws Exception {
    await(
        "the log of " + table + " is empty",
        () ->
            client.watermarks(name(table)).stream()
                .allMatch(log -> log.start() == log.watermark()));
  }

  static void await(String what, Callable<Boolean> met) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!met.call()) {
      assertThat(System.nanoTime() - end).as("until " + what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Fails unless a table has each number below {@code rows} once, and nothing else. */
  void assertOnce(String table, long rows) {
    assertThat(Town.rows(batch(), "SELECT n FROM " + table).stream().map(r -> r.getField(0)))
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, rows).mapToObj(n -> (Object) n).toList());
  }

  @Override
  public void close() {
    client.close();
    town.close();
  }
}
