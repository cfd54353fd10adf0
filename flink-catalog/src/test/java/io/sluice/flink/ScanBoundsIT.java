package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queries that begin and end where they are told, in a table of two buckets, each with the numbers
 * from 0 at those offsets: rows below 100 are in the lake alone, those from 200 on in the log
 * alone.
 */
@Timeout(600)
class ScanBoundsIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final long ROUND = 100;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;
  private static Instant second;
  private static Instant third;

  @BeforeAll
  static void fill() throws Exception {
    town = new Town(folder);
    client = town.connect();
    town.sql(EnvironmentSettings.inBatchMode())
        .executeSql(
            "CREATE TABLE t (n BIGINT) WITH ('bucket.count'='2', 'log.retention'='0s',"
                + " 'segment.max-age'='1h')");
    write(0, ROUND);
    town.compact(client, TABLE);
    second = aMomentLater();
    write(ROUND, 2 * ROUND);
    town.compact(client, TABLE);
    third = aMomentLater();
    write(2 * ROUND, 3 * ROUND);
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (client.watermarks(TABLE).stream().anyMatch(log -> log.start() < ROUND)) {
      assertThat(System.nanoTime()).as("until the log was trimmed").isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** Returns a time after all that was written, and before all that will be. */
  private static Instant aMomentLater() {
    Instant moment = Instant.now().plusMillis(2);
    while (!Instant.now().isAfter(moment)) {
      Thread.onSpinWait();
    }
    return moment;
  }

  private static void write(long from, long to) throws Exception {
    for (int bucket = 0; bucket < 2; bucket++) {
      try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
        List<Map<String, Object>> rows =
            LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList();
        writer.append(rows).join();
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    town.close();
  }

  @Test
  void aQueryEndsWhereTheTableDoes() {
    reads("'scan.bounded.mode'='latest-offset'", 0, 300, 0, 300);
  }

  @Test
  void aQueryReadsFromTimeToTimeInLakeAndLog() {
    reads(startup("timestamp", "timestamp", second), 100, 300, 100, 300);
    reads(startup("timestamp", "timestamp", third), 200, 300, 200, 300);
    reads(bounded("timestamp", "timestamp", second), 0, 100, 0, 100);
    reads(
        startup("timestamp", "timestamp", second) + ", " + bounded("timestamp", "timestamp", third),
        100,
        200,
        100,
        200);
    reads(bounded("timestamp", "timestamp", Instant.EPOCH), 0, 0, 0, 0);
    reads(startup("timestamp", "timestamp", Instant.now().plusSeconds(9)), 300, 300, 300, 300);
  }

  @Test
  void aQueryReadsFromOffsetsToOffsetsWhereverTheyAre() {
    reads(
        startup("specific-offsets", "specific-offsets", "bucket:0,offset:42;bucket:1,offset:250"),
        42,
        300,
        250,
        300);
    reads(
        bounded("specific-offsets", "specific-offsets", "bucket:0,offset:150;bucket:1,offset:0"),
        0,
        150,
        0,
        0);
    reads(
        startup("specific-offsets", "specific-offsets", "bucket:0,offset:0;bucket:1,offset:299")
            + ", "
            + bounded(
                "specific-offsets", "specific-offsets", "bucket:0,offset:1;bucket:1,offset:300"),
        0,
        1,
        299,
        300);
  }

  @Test
  void earliestIsWhatTheLogStillHas() throws Exception {
    List<BucketWatermark> logs = client.watermarks(TABLE);
    assertThat(logs).allMatch(log -> log.start() >= ROUND);
    reads("'scan.startup.mode'='earliest'", logs.get(0).start(), 300, logs.get(1).start(), 300);
  }

  @Test
  void whatMakesNoSenseIsRefusedWhenTheQueryIsPlanned() {
    TableEnvironment batch = town.sql(EnvironmentSettings.inBatchMode());
    refused(batch, "'scan.startup.mode'='latest'", "reads nothing");
    refused(batch, "'scan.startup.mode'='specific-offsets'", "needs scan.startup.specific-offsets");
    refused(batch, "'scan.bounded.mode'='soon'", "scan.bounded.mode is unbounded");
    refused(batch, "'scan.parallelism'='0'", "scan.parallelism");
    refused(batch, "'scan.startup.mod'='full'", "there is no option 'scan.startup.mod'");
    TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
    refused(
        streaming,
        "'scan.startup.mode'='latest', 'scan.bounded.mode'='latest-offset'",
        "reads nothing");
  }

  private static void refused(TableEnvironment sql, String hints, String message) {
    assertThatThrownBy(() -> sql.explainSql("SELECT n FROM t /*+ OPTIONS(" + hints + ") */"))
        .hasStackTraceContaining(message);
  }

  @Test
  void bucketsThatAreNotNamedOrNotThereAreNamed() {
    TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
    fails(sql, "bucket:0,offset:1", "lacks bucket 1: name all, 0 to 1");
    fails(
        sql,
        "bucket:0,offset:1;bucket:1,offset:301",
        "has offset 301 for bucket 1, whose rows end at 300 so far");
  }

  private static void fails(TableEnvironment sql, String offsets, String message) {
    String hints = startup("specific-offsets", "specific-offsets", offsets);
    assertThatThrownBy(() -> Town.rows(sql, "SELECT n FROM t /*+ OPTIONS(" + hints + ") */"))
        .hasStackTraceContaining(message);
  }

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void aStreamingQueryWaitsForItsLastOffset() throws Exception {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    sql.executeSql("CREATE TABLE w (n BIGINT)");
    TableName name = new TableName("default", "w");
    String hints = bounded("specific-offsets", "specific-offsets", "bucket:0,offset:3");
    String query = "SELECT n FROM w /*+ OPTIONS(" + hints + ") */";
    try (CloseableIterator<Row> rows = sql.executeSql(query).collect();
        TableWriter writer = client.writer(name)) {
      for (long n = 0; n < 5; n++) {
        writer.append(List.of(Map.of("n", n))).join();
      }
      for (long n = 0; n < 3; n++) {
        assertThat(rows.next().<Long>getFieldAs(0)).isEqualTo(n);
      }
      assertThat(rows.hasNext()).isFalse();
    }
  }

  private static String startup(String mode, String option, Object value) {
    return "'scan.startup.mode'='%s', 'scan.startup.%s'='%s'".formatted(mode, option, value);
  }

  private static String bounded(String mode, String option, Object value) {
    return "'scan.bounded.mode'='%s', 'scan.bounded.%s'='%s'".formatted(mode, option, value);
  }

  /** Checks that queries in both modes read just these rows; the streaming one ends by a hint. */
  private static void reads(String hints, long from0, long to0, long from1, long to1) {
    String ending =
        hints.contains("scan.bounded") ? hints : hints + ", 'scan.bounded.mode'='latest-offset'";
    check(town.sql(EnvironmentSettings.inStreamingMode()), ending, from0, to0, from1, to1);
    check(town.sql(EnvironmentSettings.inBatchMode()), hints, from0, to0, from1, to1);
  }

  private static void check(
      TableEnvironment sql, String hints, long from0, long to0, long from1, long to1) {
    List<Row> rows =
        Town.rows(sql, "SELECT _bucket, _offset, n FROM `t$system` /*+ OPTIONS(" + hints + ") */");
    assertThat(offsets(rows, 0)).as(hints).isEqualTo(numbers(from0, to0));
    assertThat(offsets(rows, 1)).as(hints).isEqualTo(numbers(from1, to1));
  }

  private static List<Long> offsets(List<Row> rows, int bucket) {
    return rows.stream()
        .filter(row -> row.<Integer>getFieldAs(0) == bucket)
        .peek(row -> assertThat(row.<Long>getFieldAs(1)).isEqualTo(row.<Long>getFieldAs(2)))
        .map(row -> row.<Long>getFieldAs(1))
        .toList();
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }
}
