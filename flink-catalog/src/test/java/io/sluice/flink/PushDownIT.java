package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What plans show of push-down, and its cases that were wrong once, or are easily. */
@Timeout(600)
class PushDownIT {

  private static final TableName TABLE = new TableName("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void plansShowIt() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (n INT, s STRING, place ROW<x INT, y INT>)");
      answersWithoutRows(sql);
      sql.executeSql(
              "INSERT INTO t VALUES (0, 'a', ROW(1, CAST(NULL AS INT))), (1, 'b', ROW(2, 3)),"
                  + " (CAST(NULL AS INT), 'c', CAST(NULL AS ROW<x INT, y INT>))")
          .await();
      town.compact(client, TABLE);
      sql.executeSql("INSERT INTO t VALUES (7, 'd', ROW(4, 5)), (0, 'e', ROW(5, 6))").await();

      counts(sql);
      limits(sql);
      filters(sql);
      TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
      filtersAndWatermarks(sql, streaming);
      try (CloseableIterator<Row> rows =
          streaming.executeSql("SELECT n FROM t LIMIT 5").collect()) {
        for (int i = 0; i < 5; i++) {
          rows.next();
        }
      }
    }
  }

  /** What a filter leaves out would withhold the watermark. */
  private static void filtersAndWatermarks(TableEnvironment batch, TableEnvironment streaming) {
    batch.executeSql("CREATE TABLE timed (n INT, t TIMESTAMP(3), WATERMARK FOR t AS t)");
    batch.executeSql(
        "CREATE TABLE appended (n INT, t TIMESTAMP(3), WATERMARK FOR t AS SOURCE_WATERMARK())");
    for (String table : List.of("timed", "appended")) {
      String query = "SELECT t FROM " + table + " WHERE n > 3";
      assertThat(batch.explainSql(query)).contains("filter=[>(n, 3)]");
      assertThat(streaming.explainSql(query)).contains("watermark").doesNotContain("filter=[>");
    }
    assertThat(streaming.explainSql("SELECT s FROM t WHERE n > 3")).contains("filter=[>(n, 3)]");
  }

  private static void answersWithoutRows(TableEnvironment sql) {
    assertThat(Town.rows(sql, "SELECT COUNT(*), MIN(n) FROM t")).containsExactly(Row.of(0L, null));
    assertThat(Town.rows(sql, "SELECT n FROM t LIMIT 3")).isEmpty();
  }

  private static void counts(TableEnvironment sql) {
    String count = "SELECT COUNT(*) FROM t";
    assertThat(sql.explainSql(count)).contains("aggregates=[grouping=[], aggFunctions=[Count1");
    assertThat(Town.rows(sql, count)).containsExactly(Row.of(5L));
    String all = "SELECT COUNT(*), COUNT(n), MIN(n), MAX(n) FROM t";
    assertThat(sql.explainSql(all)).contains("aggregates=[grouping=[]");
    assertThat(Town.rows(sql, all)).containsExactly(Row.of(5L, 4L, 0, 7));

    // Flink's planner offers these as counts of the columns n and place.
    assertThat(Town.rows(sql, "SELECT COUNT(NULLIF(n, 0)) FROM t")).containsExactly(Row.of(2L));
    assertThat(Town.rows(sql, "SELECT COUNT(place.y) FROM t")).containsExactly(Row.of(3L));

    stumbles(sql);
    for (String none :
        List.of(
            "SELECT COUNT(*) FROM t WHERE n > 0",
            "SELECT COUNT(*) FROM (SELECT n FROM t LIMIT 2)",
            "SELECT s, COUNT(*) FROM t GROUP BY s",
            "SELECT COUNT(DISTINCT n) FROM t",
            "SELECT MAX(s) FROM t")) {
      assertThat(sql.explainSql(none)).as(none).doesNotContain("aggregates=[");
    }
    assertThat(Town.rows(sql, "SELECT COUNT(*) FROM (SELECT n FROM t LIMIT 2)"))
        .containsExactly(Row.of(2L));
  }

  /** What the docs say of it; once Flink has mended it, they need not. */
  private static void stumbles(TableEnvironment sql) {
    String counts =
        "SELECT COUNT(CASE WHEN n > 1 THEN 1 END), COUNT(CASE WHEN n < 1 THEN 1 END) FROM t";
    assertThatThrownBy(() -> sql.explainSql(counts))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("Index 1 out of bounds for length 1");
    String sums = counts.replace("THEN 1 END", "THEN 1 ELSE 0 END").replace("COUNT", "SUM");
    assertThat(Town.rows(sql, sums)).containsExactly(Row.of(1, 2));
    String hint = " /*+ OPTIONS('scan.aggregate-push-down'='false') */";
    assertThat(Town.rows(sql, counts + hint)).containsExactly(Row.of(1L, 2L));
    assertThat(sql.explainSql("SELECT COUNT(*) FROM t" + hint)).doesNotContain("aggregates=[");
  }

  private static void limits(TableEnvironment sql) {
    assertThat(sql.explainSql("SELECT n FROM t LIMIT 4")).contains("limit=[4]");
    assertThat(Town.rows(sql, "SELECT n FROM t LIMIT 4")).hasSize(4);
    assertThat(Town.rows(sql, "SELECT n FROM t LIMIT 2 OFFSET 2")).hasSize(2);
    assertThat(Town.rows(sql, "SELECT n FROM t LIMIT 99")).hasSize(5);
    assertThat(Town.rows(sql, "SELECT s FROM t ORDER BY s DESC LIMIT 1"))
        .containsExactly(Row.of("e"));
    assertThat(Town.rows(sql, "SELECT n FROM t WHERE n = 7 LIMIT 1")).containsExactly(Row.of(7));
  }

  private static void filters(TableEnvironment sql) {
    assertThat(sql.explainSql("SELECT s FROM t WHERE n > 3 AND CHAR_LENGTH(s) = 1"))
        .contains("filter=[>(n, 3)]");
    assertThat(sql.explainSql("SELECT s FROM t WHERE place.x = 4"))
        .contains("filter=[=(place.x, 4)]");
    assertThat(Town.rows(sql, "SELECT s FROM t WHERE place.x = 4")).containsExactly(Row.of("d"));
    assertThat(Town.rows(sql, "SELECT s FROM t WHERE NOT (n > 0)"))
        .containsExactlyInAnyOrder(Row.of("a"), Row.of("e"));
    assertThat(Town.rows(sql, "SELECT _offset FROM `t$system` WHERE _offset >= 4"))
        .containsExactly(Row.of(4L));
  }
}
