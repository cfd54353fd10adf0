package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

@Timeout(900)
class SqlIT {

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private TableEnvironment sql;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
  }

  /** A session made before a test would start a cluster of its own for each query. */
  @BeforeEach
  void session() {
    sql = town.sql(EnvironmentSettings.inBatchMode());
  }

  @AfterAll
  static void stop() throws Exception {
    town.close();
  }

  @Test
  void aTableIsWrittenAndReadFromLogLakeAndBoth() throws Exception {
    sql.executeSql("CREATE TABLE t (a BIGINT NOT NULL, s STRING COMMENT 'text') COMMENT 'mine'");
    sql.executeSql("INSERT INTO t VALUES (1, 'x'), (2, CAST(NULL AS STRING))").await();
    assertThat(Town.rows(sql, "SELECT a, s FROM t ORDER BY a"))
        .containsExactly(Row.of(1L, "x"), Row.of(2L, null));
    try (SluiceClient client = town.connect()) {
      town.compact(client, new TableName("default", "t"));
      assertThat(Town.rows(sql, "SELECT * FROM t ORDER BY a"))
          .containsExactly(Row.of(1L, "x"), Row.of(2L, null));
      sql.executeSql("INSERT INTO t VALUES (3, 'z')").await();
      assertThat(Town.rows(sql, "SELECT s, a FROM t WHERE a > 1 ORDER BY a"))
          .containsExactly(Row.of(null, 2L), Row.of("z", 3L));
      assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t")).containsExactly(Row.of(3L));
      // Which of the first two rows came first is the planner's choice: VALUES has no order.
      assertThat(Town.rows(sql, "SELECT _bucket, _offset FROM `t$system` ORDER BY _offset"))
          .containsExactly(Row.of(0, 0L), Row.of(0, 1L), Row.of(0, 2L));
      assertThat(Town.rows(sql, "SELECT a FROM `t$system` WHERE _offset >= 2"))
          .containsExactly(Row.of(3L));
      assertThat(Town.rows(sql, "SELECT COUNT(_timestamp) FROM `t$system`"))
          .containsExactly(Row.of(3L));
    }
  }

  @Test
  void deadLettersAreReadLikeAnyTableFromTheLogAndTheLake() throws Exception {
    sql.executeSql("CREATE TABLE d (a BIGINT NOT NULL) WITH ('invalid.rows'='dead-letter')");
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + town.endpoint() + "/v1/databases/default/tables/d/rows"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "text/csv")
            .POST(HttpRequest.BodyPublishers.ofString("a\n1\nx\n3\n"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    String letters =
        "SELECT content, csv_header, request_row, column_name, reason FROM d__dead_letter"
            + " WHERE received_at > TO_TIMESTAMP_LTZ(0, 3)";
    Row letter = Row.of("x", "a", 2L, "a", "expected an integer, got \"x\"");
    assertThat(Town.rows(sql, letters)).containsExactly(letter);
    try (SluiceClient client = town.connect()) {
      town.compact(client, new TableName("default", "d__dead_letter"));
    }
    assertThat(Town.rows(sql, letters)).containsExactly(letter);
    assertThat(Town.rows(sql, "SELECT a FROM d ORDER BY a"))
        .containsExactly(Row.of(1L), Row.of(3L));
  }

  @Test
  void statementsOfTheCatalogDoWhatTheySay() {
    sql.executeSql("CREATE DATABASE other");
    assertThat(Town.rows(sql, "SHOW DATABASES")).contains(Row.of("other"), Row.of("default"));
    sql.executeSql("CREATE TABLE other.u (i INT) WITH ('bucket.count'='3')");
    assertThat(Town.rows(sql, "SHOW TABLES FROM other")).containsExactly(Row.of("u"));
    assertThat(Town.rows(sql, "DESCRIBE other.u").get(0).getField(0)).isEqualTo("i");
    assertThat(Town.rows(sql, "SHOW CREATE TABLE other.u").toString())
        .contains("DISTRIBUTED INTO 3 BUCKETS");
    assertThat(Town.rows(sql, "SELECT * FROM other.u")).isEmpty();
    assertThatThrownBy(() -> sql.executeSql("DROP DATABASE other"))
        .hasStackTraceContaining("not empty");
    sql.executeSql("DROP TABLE other.u");
    sql.executeSql("DROP TABLE IF EXISTS other.u");
    sql.executeSql("DROP DATABASE other");
    assertThat(Town.rows(sql, "SHOW DATABASES")).doesNotContain(Row.of("other"));
  }

  @Test
  void whatATableCannotHaveIsRefusedWithWhatToDo() {
    refused("CREATE TABLE r (a INT, PRIMARY KEY (a) NOT ENFORCED)", "can't have a PRIMARY KEY");
    refused("CREATE TABLE r (a MULTISET<INT>)", "use MAP<..., INT NOT NULL>");
    refused(
        "CREATE TABLE r (a INT) PARTITIONED BY (a) WITH ('lake.partitioning'='a')",
        "both PARTITIONED BY and the option 'lake.partitioning'");
    refused("CREATE TABLE r (a INT) WITH ('bucket.cuont'='3')", "bucket.count");
    refused(
        "CREATE TABLE r (a INT) WITH ('lake.partitioning'='month(a)')",
        "can't have month(a): column 'a' is int");
    assertThat(Town.rows(sql, "SHOW TABLES")).doesNotContain(Row.of("r"));
  }

  private void refused(String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }

  @Test
  void anEndpointWithoutAGatewayIsNamed() {
    assertThatThrownBy(
            () -> sql.executeSql("CREATE CATALOG c WITH ('type'='sluice', 'endpoint'='a b')"))
        .hasStackTraceContaining("write host:port");
  }

  @Test
  void aFullyFilteredReadEnds() throws Exception {
    sql.executeSql("CREATE TABLE f (a INT) WITH ('bucket.count'='4')");
    sql.executeSql("INSERT INTO f VALUES (1), (2)").await();
    assertThat(Town.rows(sql, "SELECT * FROM f WHERE a > 100")).isEmpty();
    try (SluiceClient client = town.connect()) {
      town.compact(client, new TableName("default", "f"));
    }
    assertThat(Town.rows(sql, "SELECT * FROM f WHERE a > 100")).isEmpty();
    assertThat(Town.rows(sql, "SELECT a FROM f LIMIT 1")).hasSize(1);
    assertThat(List.of(1, 2))
        .contains((Integer) Town.rows(sql, "SELECT MIN(a) FROM f").get(0).getField(0));
  }
}
