package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly-once jobs that come back late: after the log's rows, or their transactions, have gone.
 */
@Timeout(900)
class LateRestoreIT {

  private static final String NO_CHECKPOINT = "1 h";

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static final MovingClock CLOCK = new MovingClock();
  private static CopiedTables tables;

  @BeforeAll
  static void start() throws Exception {
    Town town = new Town(folder.resolve("lake"), CLOCK);
    tables = new CopiedTables(town, town.connect(), folder.resolve("savepoints"));
  }

  @AfterAll
  static void stop() throws Exception {
    tables.close();
  }

  @Test
  void aJobThatStayedAwayLongerThanTheLogKeepsRowsGoesOnWithoutGapOrDouble() throws Exception {
    create("src", "'bucket.count'='2', 'log.retention'='1h'");
    create("dst", "'bucket.count'='3', 'log.retention'='1h'");
    long rows = tables.append("src", 0, 1_000);
    String older = copyUntil(2, "", rows);
    rows = tables.append("src", rows, 1_000);
    String savepoint = copyUntil(2, older, rows);
    rows = tables.append("src", rows, 1_000);
    rows = tables.append("src", rows, 1_000);
    forgetLogs();
    rows = tables.append("src", rows, 1_000);
    String late = copyUntil(4, savepoint, rows);
    tables.assertOnce("dst", rows);

    forgetLogs();
    var unused = copyUntil(2, older, rows + rows - 1_000);
    assertCounts("n < 1000", 1_000, 1_000);
    assertCounts("n >= 1000", 2 * (rows - 1_000), rows - 1_000);
    assertThat(late).isNotEqualTo(older);
  }

  /** Brings all to the lake, and has its rows leave the log, and older snapshots the lake. */
  private static void forgetLogs() throws Exception {
    for (String table : new String[] {"src", "dst"}) {
      tables.town().compact(tables.client(), CopiedTables.name(table));
    }
    CLOCK.forward(Duration.ofHours(2));
    for (String table : new String[] {"src", "dst"}) {
      tables.awaitEmptyLog(table);
      try (ForeignLake lake =
          new ForeignLake(tables.town(), tables.client(), CopiedTables.name(table))) {
        lake.load().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
      }
    }
  }

  private static void assertCounts(String where, long all, long distinct) {
    assertThat(
            Town.rows(tables.batch(), "SELECT COUNT(*), COUNT(DISTINCT n) FROM dst WHERE " + where))
        .containsExactly(Row.of(all, distinct));
  }

  private static String copyUntil(int parallelism, String savepoint, long rows) throws Exception {
    JobClient job = copy("src", "dst", restored(parallelism, "200 ms", savepoint));
    tables.awaitRows("dst", rows);
    return tables.stopWithSavepoint(job);
  }

  @Test
  void whatASavepointHasIsCommittedOnceByWhoeverRestoresIt() throws Exception {
    create("numbers", "'bucket.count'='2'");
    create("later", "'bucket.count'='2'");
    long rows = tables.append("numbers", 0, 1_000);
    String savepoint = savepointOfUncommitted("numbers", "later", rows);
    assertThat(tables.rows("later")).isZero();
    for (int times = 0; times < 2; times++) {
      JobClient job = copy("numbers", "later", restored(1 + times, "200 ms", savepoint));
      tables.awaitRows("later", rows);
      CopiedTables.cancel(job);
    }
    tables.assertOnce("later", rows);
  }

  @Test
  void aJobWhoseTransactionsExpiredFailsAndSaysWhatIsGoneAndWhatToDo() throws Exception {
    create("given", "'bucket.count'='2'");
    create("taken", "'bucket.count'='2', 'transaction.timeout'='3h'");
    long rows = tables.append("given", 0, 1_000);
    String savepoint = savepointOfUncommitted("given", "taken", rows);
    assertThat(tables.town().pendingTransactions(CopiedTables.name("taken"))).isPositive();
    CLOCK.forward(Duration.ofHours(4));
    CopiedTables.await(
        "the transactions have expired",
        () -> tables.town().pendingTransactions(CopiedTables.name("taken")) == 0);

    TableEnvironment once = restored(2, "200 ms", savepoint);
    once.getConfig().set("restart-strategy.type", "none");
    JobClient failing = copy("given", "taken", once);
    assertThatThrownBy(() -> failing.getJobExecutionResult().get(240, TimeUnit.SECONDS))
        .hasStackTraceContaining(
            "transactions of table default.taken at " + tables.town().endpoint())
        .hasStackTraceContaining("it was never begun here, or it expired")
        .hasStackTraceContaining("They are of the buckets ")
        .hasStackTraceContaining("rows that came before the checkpoint are lost")
        .hasStackTraceContaining("If not, start from an older savepoint")
        .hasStackTraceContaining("'transaction.timeout'");
    assertThat(tables.rows("taken")).isZero();

    JobClient anew = copy("given", "taken", restored(2, "200 ms", ""));
    tables.awaitRows("taken", rows);
    CopiedTables.cancel(anew);
    tables.assertOnce("taken", rows);
  }

  /** Returns a savepoint that has all rows of a table in transactions; the job is gone. */
  private static String savepointOfUncommitted(String from, String into, long rows)
      throws Exception {
    long before = FailsOnce.SEEN.get();
    JobClient job = copy(from, into, restored(2, NO_CHECKPOINT, ""));
    CopiedTables.await("all rows are written", () -> FailsOnce.SEEN.get() - before >= rows);
    String savepoint = tables.savepoint(job);
    CopiedTables.cancel(job);
    return savepoint;
  }

  private static TableEnvironment restored(int parallelism, String interval, String savepoint) {
    TableEnvironment sql = tables.streaming(parallelism, interval);
    if (!savepoint.isEmpty()) {
      sql.getConfig().set("execution.state-recovery.path", savepoint);
    }
    return sql;
  }

  private static JobClient copy(String from, String into, TableEnvironment sql) {
    return CopiedTables.start(
        sql,
        "INSERT INTO `%s`%sSELECT fails_once(n) FROM `%s`"
            .formatted(into, CopiedTables.EXACTLY_ONCE, from));
  }

  private static void create(String table, String options) {
    tables
        .batch()
        .executeSql("CREATE TABLE `%s` (n BIGINT NOT NULL) WITH (%s)".formatted(table, options));
  }
}
