package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What SHOW CREATE and others print of tables, catalogs and databases. */
@Timeout(300)
class ShownDefinitionsIT {

  private static final String SECRET = "c0ff33";

  @TempDir private Path folder;
  private Town town;
  private SluiceClient client;
  private TableEnvironment sql;

  @BeforeEach
  void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
    sql = town.sql(EnvironmentSettings.inBatchMode());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    town.close();
  }

  @Test
  void whatIsShownMakesAnEqualTable() throws Exception {
    List<String> definitions =
        List.of(
            "(a INT) COMMENT 'it''s mine'",
            "(`a``b` INT NOT NULL COMMENT 'one''s', c DECIMAL(9, 2), d ROW<x INT NOT NULL, y"
                + " ARRAY<STRING>>, m MAP<STRING, BIGINT>) DISTRIBUTED BY HASH(c) INTO 4 BUCKETS WITH"
                + " ('log.retention'='2h', 'scan.lake-chunk-rows'='9')",
            "(k STRING, ts TIMESTAMP(3) NOT NULL, b BYTES, h AS UPPER(k) || '''', o BIGINT METADATA FROM"
                + " '_offset' VIRTUAL, WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE) PARTITIONED BY (k)",
            "(ts TIMESTAMP_LTZ(6), i INT) DISTRIBUTED INTO 2 BUCKETS WITH"
                + " ('lake.partitioning'='day(ts),bucket(4, i)', 'format-version'='3')");
    for (String definition : definitions) {
      sql.executeSql("CREATE TABLE t " + definition);
      TableDescription made = client.describe(new TableName("default", "t"));
      String shown = shown("SHOW CREATE TABLE t");
      sql.executeSql("DROP TABLE t");
      sql.executeSql(shown);
      TableDescription again = client.describe(new TableName("default", "t"));
      assertThat(shown("SHOW CREATE TABLE t")).isEqualTo(shown);
      assertThat(again.schema().sameSchema(made.schema())).as(definition).isTrue();
      assertThat(again.options()).isEqualTo(made.options());
      assertThat(again.comment()).isEqualTo(made.comment());
      sql.executeSql("DROP TABLE t");
    }
  }

  /** SHOW CREATE CATALOG is Flink's alone, and prints all options: the docs say so. */
  @Test
  void secretsOfACatalogAreNotPrinted() {
    sql.executeSql("CREATE TABLE t (a INT, b AS a + 1)");
    sql.executeSql(
        "CREATE CATALOG s WITH ('type'='sluice', 'endpoint'='"
            + town.endpoint()
            + "', 'lake.s3.secret-access-key'='"
            + SECRET
            + "', 'lake.s3.access-key-id'='id')");
    sql.executeSql("USE CATALOG s");
    for (String statement :
        List.of(
            "SHOW CREATE TABLE t",
            "DESCRIBE t",
            "DESCRIBE EXTENDED t",
            "EXPLAIN PLAN FOR SELECT * FROM t",
            "EXPLAIN ESTIMATED_COST, JSON_EXECUTION_PLAN INSERT INTO t SELECT a FROM `t$lake`")) {
      assertThat(shown(statement)).as(statement).doesNotContain(SECRET);
    }
    assertThatThrownBy(() -> sql.executeSql("ALTER TABLE t SET ('lake.s3.secret'='x')"))
        .hasStackTraceContaining("unknown option")
        .satisfies(e -> assertThat(e.toString()).doesNotContain(SECRET));
    assertThat(new Endpoint("h:1", Map.of("s3.secret-access-key", SECRET)).toString())
        .doesNotContain(SECRET);
  }

  @Test
  void aDatabaseIsANameAlone() {
    refused("CREATE DATABASE d COMMENT 'mine'", "leave COMMENT and WITH out");
    refused("CREATE DATABASE d WITH ('a'='b')", "leave COMMENT and WITH out");
    sql.executeSql("CREATE DATABASE d");
    refused("ALTER DATABASE d SET ('a'='b')", "a database of Sluice is a name alone");
    sql.executeSql("CREATE TABLE t (a INT)");
    refused("ALTER TABLE t RENAME TO u", "CREATE TABLE u LIKE t, insert its rows there");
  }

  private String shown(String statement) {
    return Town.rows(sql, statement).stream()
        .map(
            row ->
                IntStream.range(0, row.getArity())
                    .mapToObj(i -> String.valueOf(row.getField(i)))
                    .collect(Collectors.joining(" ")))
        .reduce("", (all, row) -> all + row + "\n");
  }

  private void refused(String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }
}
