package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tables as they were, by {@code FOR SYSTEM_TIME AS OF}. */
@Timeout(600)
class TimeTravelIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final DateTimeFormatter LITERAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;
  private Town town;
  private SluiceClient client;
  private TableEnvironment sql;

  @BeforeEach
  void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
    sql = town.sql(EnvironmentSettings.inBatchMode());
    sql.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
  }

  @AfterEach
  void stop() {
    client.close();
    town.close();
  }

  @Test
  void aTableIsReadAsItWasWhereverItsRowsAreByNow() throws Exception {
    long before = now();
    sql.executeSql(
        "CREATE TABLE t (id INT, name STRING) WITH ('bucket.count'='2', 'bucket.key'='id')");
    long empty = now();
    insert("(1, 'a'), (2, 'b')");
    long inLog = now();
    town.compact(client, TABLE);
    long inLake = now();
    insert("(3, 'c'), (4, 'd')");
    long inBoth = now();
    for (int round = 0; round < 3; round++) {
      assertThat(ids(asOf("t", empty))).isEmpty();
      assertThat(ids(asOf("t", inLog))).containsExactly(1, 2);
      assertThat(ids(asOf("t", inLake))).containsExactly(1, 2);
      assertThat(ids(asOf("t", inBoth))).containsExactly(1, 2, 3, 4);
      assertThat(ids(asOf("t$lake", inLog))).isEmpty();
      assertThat(ids(asOf("t$lake", inBoth))).containsExactly(1, 2);
      assertThat(count(asOf("t", inLog))).isEqualTo(2);
      assertThat(count(asOf("t", inBoth))).isEqualTo(4);
      assertThat(count(asOf("t", inBoth) + " WHERE id > 2")).isEqualTo(2);
      assertThat(Town.rows(sql, "SELECT id FROM " + asOf("t", inBoth) + " LIMIT 3")).hasSize(3);
      assertThat(Town.rows(sql, "SELECT MAX(id) FROM " + asOf("t", inBoth)))
          .containsExactly(Row.of(4));
      assertThat(
              Town.rows(
                  sql,
                  "SELECT id FROM `t$system` FOR SYSTEM_TIME AS OF "
                      + literal(inBoth)
                      + " WHERE _offset = 1"))
          .allMatch(row -> (int) row.getField(0) > 0);
      sql.executeSql("INSERT INTO t VALUES (" + (5 + round) + ", 'x')").await();
      town.compact(client, TABLE);
    }
    sql.executeSql("TRUNCATE TABLE t").await();
    assertThat(ids("t")).isEmpty();
    assertThat(ids(asOf("t", inLake))).containsExactly(1, 2);

    refused(asOf("t", before), "it wasn't there: the first that is known of it is of");
    refused(asOf("t", now() + 3_600_000), "is in the future");
    refused(asOf("t$files", inLake), "it shows what is known now");
    refused(
        "t /*+ OPTIONS('scan.startup.mode'='earliest', 'scan.as-of'='2026-01-31T12:00:00Z') */",
        "give one of FOR SYSTEM_TIME AS OF");
    refused("t /*+ OPTIONS('scan.as-of'='yesterday') */", "scan.as-of is an instant such as");
  }

  @Test
  void twoTimesInOneQueryAreTwoTables() throws Exception {
    sql.executeSql("CREATE TABLE t (id INT, name STRING)");
    insert("(1, 'a')");
    town.compact(client, TABLE);
    long one = now();
    insert("(2, 'b')");
    long two = now();
    insert("(3, 'c')");
    String difference =
        "SELECT id FROM " + hinted("t", two) + " EXCEPT SELECT id FROM " + hinted("t", one);
    assertThat(Town.rows(sql, difference)).containsExactly(Row.of(2));
    String all =
        "SELECT (SELECT COUNT(*) FROM t), (SELECT COUNT(*) FROM "
            + asOf("t$lake", two)
            + "), (SELECT COUNT(*) FROM "
            + hinted("t", two)
            + ")";
    assertThat(Town.rows(sql, all)).containsExactly(Row.of(3L, 1L, 2L));
    assertThat(sql.explainSql(difference))
        .contains(Instant.ofEpochMilli(one).toString(), Instant.ofEpochMilli(two).toString());
    // Flink's planner would make one read of both.
    refused("t EXCEPT SELECT * FROM " + asOf("t", one), "the query reads it as of two times");
    refused(asOf("t", two) + " EXCEPT SELECT * FROM " + asOf("t", one), "'scan.as-of'");
    assertThat(
            Town.rows(
                sql,
                "SELECT id FROM " + asOf("t", two) + " EXCEPT SELECT id FROM " + asOf("t", two)))
        .isEmpty();

    TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
    streaming.getConfig().setLocalTimeZone(ZoneId.of("UTC"));
    assertThat(Town.rows(streaming, "SELECT id FROM " + asOf("t", two)))
        .containsExactlyInAnyOrder(Row.of(1), Row.of(2));
  }

  @Test
  void columnsAreThoseOfThen() throws Exception {
    sql.executeSql("CREATE TABLE t (id INT, name STRING, gone STRING)");
    insert("(1, 'a', 'x')");
    town.compact(client, TABLE);
    long inLake = now();
    insert("(2, 'b', 'y')");
    long inBoth = now();
    sql.executeSql("ALTER TABLE t DROP gone");
    sql.executeSql("ALTER TABLE t RENAME name TO title");
    sql.executeSql("ALTER TABLE t MODIFY id BIGINT");
    sql.executeSql("ALTER TABLE t ADD (name INT)");
    long altered = now();
    for (int round = 0; round < 2; round++) {
      assertThat(Town.rows(sql, "SELECT * FROM " + asOf("t", inLake)))
          .containsExactly(Row.of(1L, "a", "x"));
      assertThat(Town.rows(sql, "SELECT name, id FROM " + asOf("t", inBoth) + " WHERE name > 'a'"))
          .containsExactly(Row.of("b", 2L));
      assertThat(Town.rows(sql, "SELECT MAX(id), COUNT(*) FROM " + asOf("t", inBoth)))
          .containsExactly(Row.of(2L, 2L));
      assertThat(Town.rows(sql, "SELECT * FROM " + asOf("t", altered)))
          .containsExactlyInAnyOrder(Row.of(1L, "a", null), Row.of(2L, "b", null));
      assertThatThrownBy(() -> Town.rows(sql, "SELECT gone FROM " + asOf("t", inBoth)))
          .hasStackTraceContaining("column 'gone' of table default.t can't be read as of")
          .hasStackTraceContaining("it was dropped since");
      insert("(3, 'c', 7)");
      town.compact(client, TABLE);
    }
    assertThat(Town.rows(sql, "SELECT title, name FROM t WHERE id = 3")).contains(Row.of("c", 7));
  }

  @Test
  void theLakeCanBeReadAsOfASnapshotUntilItExpires() throws Exception {
    sql.executeSql("CREATE TABLE t (id INT, name STRING)");
    insert("(1, 'a')");
    town.compact(client, TABLE);
    long first = now();
    insert("(2, 'b')");
    town.compact(client, TABLE);
    Table lake = town.lakeTable(TABLE);
    long old = lake.currentSnapshot().parentId();
    lake.newDelete().deleteFromRowFilter(Expressions.equal("id", 1)).commit();
    String hinted = "`t$lake` /*+ OPTIONS('scan.snapshot-id'='" + old + "') */";
    assertThat(ids("t")).containsExactly(2);
    assertThat(ids(hinted)).containsExactly(1);
    assertThat(count(hinted)).isEqualTo(1);
    assertThat(ids(asOf("t", first))).containsExactly(1);
    refused("t /*+ OPTIONS('scan.snapshot-id'='" + old + "') */", "is a hint of `t$lake`");

    lake.expireSnapshots().expireSnapshotId(old).commit();
    refused(hinted, "there is no snapshot " + old);
    refused(asOf("t", first), "expired: the oldest that is left is of");
    refused(asOf("t$lake", first), "lake.snapshot-retention");
  }

  private void insert(String rows) throws Exception {
    sql.executeSql("INSERT INTO t VALUES " + rows).await();
  }

  private List<Integer> ids(String from) {
    return Town.rows(sql, "SELECT id FROM " + from).stream()
        .map(row -> (Integer) row.getField(0))
        .sorted()
        .toList();
  }

  private long count(String from) {
    return (Long) Town.rows(sql, "SELECT COUNT(*) FROM " + from).get(0).getField(0);
  }

  private void refused(String from, String why) {
    assertThatThrownBy(() -> Town.rows(sql, "SELECT * FROM " + from)).hasStackTraceContaining(why);
  }

  private static String asOf(String table, long millis) {
    return "`" + table + "` FOR SYSTEM_TIME AS OF " + literal(millis);
  }

  private static String hinted(String table, long millis) {
    return "`" + table + "` /*+ OPTIONS('scan.as-of'='" + Instant.ofEpochMilli(millis) + "') */";
  }

  private static String literal(long millis) {
    return "TIMESTAMP '" + LITERAL.format(Instant.ofEpochMilli(millis)) + "'";
  }

  /** Returns this millisecond when it is over: what comes next is after it. */
  private static long now() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() <= now) {
      Thread.onSpinWait();
    }
    return now;
  }
}
