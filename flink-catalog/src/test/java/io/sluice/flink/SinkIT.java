package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an INSERT does, and what is refused. */
@Timeout(900)
class SinkIT {

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    town.close();
  }

  private static TableEnvironment batch() {
    return town.sql(EnvironmentSettings.inBatchMode());
  }

  private static TableEnvironment streaming() {
    return town.sql(EnvironmentSettings.inStreamingMode());
  }

  @Test
  void rowsOfAKeyStayInOrderWhateverTheParallelism() throws Exception {
    TableEnvironment sql = streaming();
    for (int parallelism : new int[] {1, 3, 4}) {
      String table = "ordered" + parallelism;
      sql.executeSql(
          "CREATE TABLE "
              + table
              + " (k BIGINT, n BIGINT) WITH ('bucket.count'='3', 'bucket.key'='k')");
      sql.executeSql(
          "CREATE TEMPORARY TABLE numbers"
              + parallelism
              + " (n BIGINT) WITH ('connector'='datagen', 'number-of-rows'='5000',"
              + " 'fields.n.kind'='sequence', 'fields.n.start'='0', 'fields.n.end'='4999',"
              + " 'scan.parallelism'='1')");
      sql.executeSql(
              ("INSERT INTO %s /*+ OPTIONS('sink.parallelism'='%d') */"
                      + " SELECT n %% 10, n FROM numbers%d")
                  .formatted(table, parallelism, parallelism))
          .await();
      assertOrderedByKey(table);
    }
  }

  private static void assertOrderedByKey(String table) {
    Map<Long, Long> last = new TreeMap<>();
    var rows =
        Town.rows(batch(), "SELECT k, n, _offset, _bucket FROM `" + table + "$system`").stream()
            .sorted(
                java.util.Comparator.comparing((Row row) -> row.<Integer>getFieldAs(3))
                    .thenComparing(row -> row.<Long>getFieldAs(2)))
            .collect(Collectors.toList());
    assertThat(rows).hasSize(5_000);
    for (Row row : rows) {
      long n = row.<Long>getFieldAs(1);
      Long before = last.put(row.getFieldAs(0), n);
      assertThat(before == null ? n - 10 : before).as("key " + n % 10).isEqualTo(n - 10);
    }
  }

  @Test
  void thePlanTellsThatRowsAreShuffledByBucketUnlessTheyAreNotToBe() {
    TableEnvironment sql = batch();
    sql.executeSql("CREATE TABLE keyed (k BIGINT) WITH ('bucket.count'='2', 'bucket.key'='k')");
    String insert = "INSERT INTO keyed %s VALUES (1)";
    assertThat(plan(sql, insert.formatted(""))).contains("CUSTOM");
    assertThat(plan(sql, insert.formatted("/*+ OPTIONS('sink.distribution'='none') */")))
        .doesNotContain("CUSTOM");
    assertThatThrownBy(
            () -> sql.explainSql(insert.formatted("/*+ OPTIONS('sink.distribution'='hash') */")))
        .hasStackTraceContaining("sink.distribution");
    sql.executeSql("DROP TABLE keyed");
  }

  private static String plan(TableEnvironment sql, String insert) {
    return sql.explainSql(insert, org.apache.flink.table.api.ExplainDetail.JSON_EXECUTION_PLAN);
  }

  @Test
  void whatAnAppendOnlyTableCannotTakeIsRefusedWithWhatToDo() {
    TableEnvironment sql = batch();
    sql.executeSql("CREATE TABLE plain (k BIGINT, n BIGINT)");
    refused(sql, "INSERT OVERWRITE plain VALUES (1, 1)", "TRUNCATE TABLE and then INSERT INTO");
    refused(sql, "DELETE FROM plain WHERE k = 1", "can't be deleted by Flink");
    refused(sql, "UPDATE plain SET n = 2 WHERE k = 1", "INSERT the new row");
    TableEnvironment unbounded = streaming();
    refused(
        unbounded,
        "INSERT INTO plain SELECT k, COUNT(*) FROM plain GROUP BY k",
        "takes new rows only, as it is a log without a primary key");
    refused(
        unbounded,
        "INSERT INTO plain SELECT k, COUNT(*) FROM plain GROUP BY k",
        "aggregate in windows (TUMBLE");
    sql.executeSql("DROP TABLE plain");
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }
}
