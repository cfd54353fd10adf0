package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.TransactionWriter;
import io.sluice.client.WriterSettings;
import io.sluice.flink.write.Commits;
import io.sluice.flink.write.SinkSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are there once, whatever fails. */
@Timeout(900)
class ExactlyOnceIT {

  private static final long WAIT_SECONDS = 240;
  private static final String HINT = " /*+ OPTIONS('sink.delivery-guarantee'='exactly-once') */ ";

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder.resolve("lake"));
    client = town.connect();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    town.close();
  }

  private static TableEnvironment batch() {
    return town.sql(EnvironmentSettings.inBatchMode());
  }

  private static TableEnvironment withoutCheckpoints() {
    return town.sql(EnvironmentSettings.inStreamingMode());
  }

  private static TableEnvironment streaming(int parallelism) {
    TableEnvironment sql = withoutCheckpoints();
    sql.getConfig().set("parallelism.default", String.valueOf(parallelism));
    sql.getConfig().set("execution.checkpointing.interval", "200 ms");
    sql.getConfig().set("restart-strategy.type", "fixed-delay");
    sql.getConfig().set("restart-strategy.fixed-delay.attempts", "1000");
    sql.getConfig().set("restart-strategy.fixed-delay.delay", "50 ms");
    sql.createTemporarySystemFunction("fails_once", FailsOnce.class);
    return sql;
  }

  @Test
  void aJobThatEndsCommitsAtItsEnd() throws Exception {
    TableEnvironment sql = batch();
    sql.executeSql("CREATE TABLE ends (k INT) WITH ('bucket.count'='3', 'bucket.key'='k')");
    sql.executeSql("INSERT INTO ends" + HINT + "VALUES (1), (2), (3)").await();
    withoutCheckpoints().executeSql("INSERT INTO ends" + HINT + "VALUES (4), (5)").await();
    TableEnvironment streaming = streaming(2);
    streaming.getConfig().set("execution.checkpointing.interval", "1 h");
    streaming.executeSql("INSERT INTO ends" + HINT + "VALUES (6)").await();
    assertThat(Town.rows(sql, "SELECT k FROM ends ORDER BY k"))
        .containsExactly(Row.of(1), Row.of(2), Row.of(3), Row.of(4), Row.of(5), Row.of(6));
  }

  @Test
  void whatCouldNeverBeSeenIsRefused() {
    TableEnvironment sql = streaming(1);
    sql.executeSql(
        "CREATE TABLE never (k INT) WITH ('bucket.key'='k', 'transaction.timeout'='1m')");
    String copy = "INSERT INTO never" + HINT + "SELECT k FROM never";
    sql.getConfig().set("execution.checkpointing.interval", "60 s");
    refused(sql, copy, "is too late for its 'transaction.timeout' of PT1M");
    refused(withoutCheckpoints(), copy, "exactly-once needs checkpoints");
    refused(
        sql,
        "INSERT INTO never /*+ OPTIONS('sink.delivery-guarantee'='exactly-once',"
            + " 'sink.distribution'='none') */ VALUES (1)",
        "exactly-once needs 'sink.distribution'='bucket'");
    refused(
        sql,
        "INSERT INTO never /*+ OPTIONS('sink.delivery-guarantee'='none') */ VALUES (1)",
        "sink.delivery-guarantee");
    refused(
        sql,
        "INSERT INTO never /*+ OPTIONS('sink.delivery-garantee'='exactly-once') */ VALUES (1)",
        "there is no option 'sink.delivery-garantee'");
    refused(
        sql,
        "INSERT INTO never SELECT * FROM never /*+ OPTIONS('sink.lingr'='1 s') */",
        "there is no option 'sink.lingr'");
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }

  @Test
  void aCommitThatWasMadeIsSuccessAndOneThatCannotBeMadeSaysWhatIsGone() throws Exception {
    batch().executeSql("CREATE TABLE lost (n BIGINT NOT NULL) WITH ('bucket.count'='2')");
    TableName name = new TableName("default", "lost");
    RowType type = RowType.of(new LogicalType[] {new BigIntType(false)}, new String[] {"n"});
    SinkSpec spec =
        SinkSpec.of(new Endpoint(town.endpoint(), Map.of()), name, type, Duration.ZERO)
            .exactlyOnce(Duration.ofHours(1));
    List<PreparedTransaction> first = prepare(name);
    List<PreparedTransaction> second = prepare(name);
    List<PreparedTransaction> third = prepare(name);
    Commits.commit(spec, first);
    // As after a commit whose answer was lost, or from a savepoint that was restored.
    Commits.commit(spec, first);
    assertThat(Town.rows(batch(), "SELECT n FROM lost")).containsExactly(Row.of(7L));
    client.abortTransactions(name, second);
    assertThatThrownBy(() -> Commits.commit(spec, second))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("transactions of table default.lost")
        .hasMessageContaining("rows that came before the checkpoint are lost");
    batch().executeSql("DROP TABLE lost");
    batch().executeSql("CREATE TABLE lost (n BIGINT NOT NULL) WITH ('bucket.count'='2')");
    assertThatThrownBy(() -> Commits.commit(spec, third))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it was dropped and made again")
        .hasMessageContaining("rows that came before the checkpoint are lost");
    assertThat(Town.rows(batch(), "SELECT n FROM lost")).isEmpty();
  }

  @Test
  void aCommitIsMadeOnceWhereverItsConnectionBreaks() throws Exception {
    batch().executeSql("CREATE TABLE cut (n BIGINT NOT NULL) WITH ('bucket.count'='2')");
    TableName name = new TableName("default", "cut");
    RowType type = RowType.of(new LogicalType[] {new BigIntType(false)}, new String[] {"n"});
    int port = Integer.parseInt(town.endpoint().substring(town.endpoint().indexOf(':') + 1));
    List<List<CuttingProxy.Cut>> lives =
        List.of(
            List.of(CuttingProxy.Cut.BEFORE),
            List.of(CuttingProxy.Cut.AFTER),
            List.of(CuttingProxy.Cut.BEFORE, CuttingProxy.Cut.AFTER));
    for (int life = 0; life < lives.size(); life++) {
      List<PreparedTransaction> prepared = prepare(name);
      long rows = life + 1L;
      try (CuttingProxy proxy =
          new CuttingProxy(port, "commit-transactions", () -> rowsOf("cut") == rows)) {
        lives.get(life).forEach(proxy::cutNext);
        Endpoint endpoint = new Endpoint(proxy.endpoint(), Map.of());
        SinkSpec spec =
            SinkSpec.of(endpoint, name, type, Duration.ZERO).exactlyOnce(Duration.ofHours(1));
        Commits.commit(spec, prepared);
        assertThat(proxy.made()).as("connections that were cut").isPositive();
      }
      assertThat(rowsOf("cut")).isEqualTo(rows);
    }
    assertThat(Town.rows(batch(), "SELECT n FROM cut")).hasSize(lives.size());
  }

  /** Prepares a transaction of one row. */
  private static List<PreparedTransaction> prepare(TableName name) throws Exception {
    TableDescription table = client.describe(name);
    try (TransactionWriter writer =
            client.transactionWriter(
                table, UUID.randomUUID(), WriterSettings.create().withBucket(1));
        VectorSchemaRoot rows = VectorSchemaRoot.create(table.arrowSchema(), client.allocator())) {
      rows.allocateNew();
      ((BigIntVector) rows.getVector("n")).setSafe(0, 7);
      rows.setRowCount(1);
      writer.append(rows).get(WAIT_SECONDS, TimeUnit.SECONDS);
      return writer.prepare();
    }
  }

  @Test
  void aTableIsCopiedOnceThroughFailuresRestartsOfTheGatewayAndCompaction() throws Exception {
    TableEnvironment sql = streaming(2);
    sql.executeSql("CREATE TABLE here (n BIGINT NOT NULL) WITH ('bucket.count'='2')");
    sql.executeSql(
        "CREATE TABLE there (n BIGINT NOT NULL) WITH ('bucket.count'='3', 'bucket.key'='n')");
    FailsOnce.AT.addAll(List.of(777L, 3_333L, 7_007L));
    JobClient job = job(sql, "INSERT INTO there" + HINT + "SELECT fails_once(n) FROM here");
    Random random = new Random(7);
    long rows = 0;
    for (int step = 0; step < 20; step++) {
      rows = append("here", rows, 500);
      if (step == 6 || step == 13) {
        town.restartGateway();
      } else if (random.nextInt(3) == 0) {
        town.compact(client, new TableName("default", random.nextBoolean() ? "here" : "there"));
      }
    }
    awaitRows("there", rows);
    cancel(job);
    assertThat(FailsOnce.AT).isEmpty();
    assertSame("there", rows);
  }

  @Test
  void savepointsAreRestoredWithAnyParallelismAndOldOnesWriteTheirRowsAgain() throws Exception {
    batch().executeSql("CREATE TABLE src (n BIGINT NOT NULL) WITH ('bucket.count'='2')");
    batch().executeSql("CREATE TABLE dst (n BIGINT NOT NULL) WITH ('bucket.count'='3')");
    long rows = append("src", 0, 1_000);
    String savepoint = copyUntil(1, "", rows);
    String older = savepoint;
    for (int parallelism : new int[] {4, 2}) {
      rows = append("src", rows, 1_000);
      savepoint = copyUntil(parallelism, savepoint, rows);
    }
    assertSame("dst", rows);
    var unused = copyUntil(2, older, rows + 2_000);
    assertThat(Town.rows(batch(), "SELECT COUNT(*), COUNT(DISTINCT n) FROM dst WHERE n >= 1000"))
        .containsExactly(Row.of(4_000L, 2_000L));
    assertThat(Town.rows(batch(), "SELECT COUNT(*), COUNT(DISTINCT n) FROM dst WHERE n < 1000"))
        .containsExactly(Row.of(1_000L, 1_000L));
  }

  /** Copies until there are so many rows, and stops with a savepoint. */
  private static String copyUntil(int parallelism, String savepoint, long rows) throws Exception {
    TableEnvironment sql = streaming(parallelism);
    if (!savepoint.isEmpty()) {
      sql.getConfig().set("execution.state-recovery.path", savepoint);
    }
    JobClient job = job(sql, "INSERT INTO dst" + HINT + "SELECT n FROM src");
    awaitRows("dst", rows);
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static JobClient job(TableEnvironment sql, String insert) {
    return sql.executeSql(insert).getJobClient().orElseThrow();
  }

  private static void cancel(JobClient job) throws Exception {
    job.cancel().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static long append(String table, long first, int count) throws Exception {
    TableName name = new TableName("default", table);
    int bucket = (int) (first / count % 2);
    try (TableWriter writer = client.writer(name, WriterSettings.create().withBucket(bucket))) {
      List<Map<String, Object>> rows =
          LongStream.range(first, first + count)
              .mapToObj(n -> Map.<String, Object>of("n", n))
              .toList();
      writer.append(rows).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
    return first + count;
  }

  private static void awaitRows(String table, long rows) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    long found = 0;
    while (found < rows) {
      assertThat(System.nanoTime() - end).as(table + " has " + found).isNegative();
      found = rowsOf(table);
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(found).isEqualTo(rows);
  }

  private static long rowsOf(String table) throws Exception {
    return client.watermarks(new TableName("default", table)).stream()
        .mapToLong(BucketWatermark::watermark)
        .sum();
  }

  private static void assertSame(String table, long rows) {
    assertThat(Town.rows(batch(), "SELECT n FROM " + table).stream().map(r -> r.getField(0)))
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, rows).mapToObj(n -> (Object) n).toList());
  }
}
