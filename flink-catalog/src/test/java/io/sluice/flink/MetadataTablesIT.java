package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tables that show what is known of a table, and procedures that work on it. */
@Timeout(900)
class MetadataTablesIT {

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;
  private TableEnvironment sql;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
  }

  @BeforeEach
  void session() {
    sql = town.sql(EnvironmentSettings.inBatchMode());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    town.close();
  }

  @Test
  void theyShowSnapshotsFilesPartitionsAndBuckets() throws Exception {
    sql.executeSql(
        "CREATE TABLE m (n BIGINT, d DATE, price DECIMAL(5, 2), ts TIMESTAMP_LTZ(6))"
            + " PARTITIONED BY (d, price, ts) WITH ('bucket.count'='2')");
    assertThat(rows("SELECT * FROM `m$snapshots`")).isEmpty();
    assertThat(rows("SELECT * FROM `m$files`")).isEmpty();
    assertThat(rows("SELECT * FROM `m$partitions`")).isEmpty();
    insert("m", "(1, DATE '2026-01-31', 1.25, TO_TIMESTAMP_LTZ(-1, 3))");
    sql.executeSql("INSERT INTO m (n) VALUES (2)").await();
    town.compact(client, name("m"));
    insert("m", "(3, DATE '2026-01-31', 1.25, TO_TIMESTAMP_LTZ(-1, 3))");

    assertThat(rows("SELECT operation, summary['added-records'], parent_id FROM `m$snapshots`"))
        .containsExactly(Row.of("append", "2", null));
    assertThat(
            rows(
                "SELECT COUNT(DISTINCT snapshot_id) FROM `m$snapshots` WHERE committed_at"
                    + " BETWEEN NOW() - INTERVAL '1' HOUR AND NOW()"))
        .containsExactly(Row.of(1L));
    assertThat(rows("SELECT file_format, SUM(record_count) FROM `m$files` GROUP BY file_format"))
        .containsExactly(Row.of("PARQUET", 2L));
    assertThat(rows("SELECT * FROM `m$files`")).hasSize(2);
    assertThat(
            rows(
                "SELECT p.d, p.price, p.ts = TO_TIMESTAMP_LTZ(-1, 3), record_count FROM (SELECT"
                    + " `partition` AS p, record_count FROM `m$partitions`) WHERE p.d IS NOT NULL"))
        .containsExactly(Row.of(LocalDate.of(2026, 1, 31), new BigDecimal("1.25"), true, 1L));
    assertThat(rows("SELECT * FROM `m$history`")).hasSize(1);
    assertThat(rows("SELECT name FROM `m$refs` WHERE type = 'BRANCH'"))
        .containsExactly(Row.of("main"));
    assertThat(rows("SELECT * FROM `m$manifests`")).isNotEmpty();
    assertThat(
            rows("SELECT SUM(log_end), SUM(lake_offset), SUM(rows_not_in_lake) FROM `m$buckets`"))
        .containsExactly(Row.of(3L, 2L, 1L));
    assertThat(rows("SELECT DISTINCT owner FROM `m$buckets`"))
        .containsExactly(Row.of(town.endpoint()));
    assertThat(rows("SELECT bucket FROM `m$buckets` LIMIT 1")).hasSize(1);
    assertThat(rows("SHOW TABLES").toString()).doesNotContain("$");
    TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
    assertThat(Town.rows(streaming, "SELECT bucket FROM `m$buckets`")).hasSize(2);
  }

  @Test
  void theLakeAloneIsReadWithoutTheLog() throws Exception {
    sql.executeSql("CREATE TABLE l (n BIGINT, twice AS n * 2) WITH ('bucket.count'='2')");
    sql.executeSql("ALTER TABLE l SET ('scan.startup.mode'='full')");
    assertThat(rows("SELECT * FROM `l$lake`")).isEmpty();
    insert("l", "(1), (2)");
    assertThat(rows("SELECT * FROM `l$lake`")).isEmpty();
    town.compact(client, name("l"));
    insert("l", "(3)");
    assertThat(rows("SELECT n, twice FROM `l$lake` WHERE _offset >= 0 ORDER BY n"))
        .containsExactly(Row.of(1L, 2L), Row.of(2L, 4L));
    assertThat(rows("SELECT COUNT(*) FROM `l$lake`")).containsExactly(Row.of(2L));
    assertThat(rows("SELECT COUNT(*) FROM l")).containsExactly(Row.of(3L));
    TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
    assertThat(Town.rows(streaming, "SELECT n FROM `l$lake`")).hasSize(2);
  }

  @Test
  void theyAreReadOnly() {
    sql.executeSql("CREATE TABLE r (n BIGINT)");
    refused("INSERT INTO `r$lake` VALUES (1)", "INSERT of `r$lake` makes no sense");
    refused("INSERT INTO `r$history` SELECT * FROM `r$history`", "INSERT of `r$history`");
    refused("DROP TABLE `r$files`", "it shows what is known of table default.r; name that");
    refused("ALTER TABLE `r$lake` ADD (m INT)", "it shows rows of table default.r; name that");
    refused(
        "SELECT * FROM `r$lake` /*+ OPTIONS('scan.startup.mode'='latest') */",
        "`r$lake` is read whole");
    refused("SELECT * FROM `none$files`", "none$files");
    refused("SELECT * FROM `r$nothing`", "r$nothing");
  }

  @Test
  void proceduresCompactExpireAndRollBack() throws Exception {
    assertThat(rows("SHOW PROCEDURES FROM sys").toString())
        .contains("compact", "expire_snapshots", "rollback_to_snapshot", "truncate");
    sql.executeSql("CREATE TABLE p (n BIGINT)");
    insert("p", "(1)");
    refused("CALL sys.compact('default.p', '1 ms')", "isn't compacted yet after");
    CompletableFuture<List<Row>> compacted =
        CompletableFuture.supplyAsync(() -> rows("CALL sys.compact('default.p')"));
    while (!compacted.isDone()) {
      town.compact(client, name("p"));
    }
    assertThat(compacted.get(60, TimeUnit.SECONDS)).containsExactly(Row.of(0, 1L, 1L));
    long first = rows("SELECT snapshot_id FROM `p$snapshots`").get(0).getFieldAs(0);
    insert("p", "(2)");
    town.compact(client, name("p"));
    insert("p", "(3)");
    long second =
        rows("SELECT snapshot_id FROM `p$snapshots` WHERE snapshot_id <> " + first)
            .get(0)
            .getFieldAs(0);

    assertThat(
            rows(
                "CALL sys.rollback_to_snapshot(`table` => 'default.p', snapshot_id => "
                    + first
                    + ")"))
        .containsExactly(Row.of(second, first));
    assertThat(rows("SELECT n FROM p ORDER BY n"))
        .as("what was compacted since is gone, what is in the log alone stays")
        .containsExactly(Row.of(1L), Row.of(3L));
    town.compact(client, name("p"));
    insert("p", "(4)");
    assertThat(rows("SELECT n FROM p ORDER BY n"))
        .containsExactly(Row.of(1L), Row.of(3L), Row.of(4L));

    assertThat(rows("CALL sys.expire_snapshots('default.p', '2999-01-01T00:00:00Z', 1)"))
        .hasSize(1)
        .allSatisfy(row -> assertThat(row.<Integer>getFieldAs(1)).isLessThan(row.getFieldAs(0)));
    assertThat(rows("SELECT n FROM p ORDER BY n"))
        .containsExactly(Row.of(1L), Row.of(3L), Row.of(4L));
  }

  @Test
  void whatProceduresCannotDoIsSaid() {
    refused("CALL sys.compact('p')", "a table is named database.table");
    refused("CALL sys.compact('default.none')", "default.none");
    refused("CALL sys.compact('default.none', 'soon')", "write it like '30 s'");
    refused("CALL sys.rollback_to_timestamp('default.none', 'monday')", "2026-01-31T12:00:00Z");
    sql.executeSql("CREATE TABLE e (n BIGINT)");
    refused("CALL sys.rollback_to_snapshot('default.e', 7)", "its lake has no snapshot yet");
    refused("CALL sys.expire_snapshots('default.e', '1', 0)", "must be at least 1");
    refused("CALL sys.vacuum('default.e')", "vacuum");
  }

  private List<Row> rows(String query) {
    return Town.rows(sql, query);
  }

  private void insert(String table, String values) throws Exception {
    sql.executeSql("INSERT INTO " + table + " VALUES " + values).await();
  }

  private void refused(String statement, String message) {
    assertThatThrownBy(() -> Town.rows(sql, statement)).hasStackTraceContaining(message);
  }

  private static TableName name(String table) {
    return new TableName("default", table);
  }
}
