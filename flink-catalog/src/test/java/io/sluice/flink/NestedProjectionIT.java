package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Fields within columns are read without the rest of them, from lake and log. */
@Timeout(600)
class NestedProjectionIT {

  private static final TableName TABLE = new TableName("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void fieldsAreReadAlone() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (id INT, s ROW<a ROW<b INT, c STRING>, x INT>, s_x INT,"
              + " l ARRAY<ROW<q INT>>, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)");
      String values =
          "INSERT INTO t SELECT id, CASE WHEN id %% 3 = 2 THEN CAST(NULL AS ROW<a ROW<b INT, c"
              + " STRING>, x INT>) ELSE ROW(ROW(id * 10, CAST(id AS STRING)), id * 100) END, -id,"
              + " ARRAY[ROW(id)], TIMESTAMP '2026-01-01 00:00:00' FROM (VALUES %s) AS v (id)";
      sql.executeSql(values.formatted("(0), (1), (2)")).await();
      town.compact(client, TABLE);
      sql.executeSql(values.formatted("(3), (4), (5)")).await();

      plan(sql, "SELECT s.a.b FROM t", "project=[s_a_b]");
      plan(sql, "SELECT l[1].q FROM t", "project=[l]");
      answer(sql, "SELECT s.a.b FROM t", "0", "10", "null", "30", "40", "null");
      answer(sql, "SELECT id, s.x, s_x FROM t WHERE s.x > 200", "3, 300, -3", "4, 400, -4");
      answer(sql, "SELECT s.a.c, s.x FROM t WHERE id IN (1, 2)", "1, 100", "null, null");
      answer(sql, "SELECT s.x, s FROM t WHERE id = 4", "400, +I[+I[40, 4], 400]");
      answer(sql, "SELECT COUNT(s.a.b), MAX(s.x), MIN(s_x) FROM t", "4, 400, -5");
      answer(sql, "SELECT COUNT(*) FROM t WHERE s.a.b IS NULL", "2");
      answer(sql, "SELECT s.x FROM t LIMIT 6", "0", "100", "null", "300", "400", "null");
      answer(sql, "SELECT s.a.b, _bucket FROM `t$system` WHERE id = 4", "40, 0");

      TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
      String ends = "t /*+ OPTIONS('scan.bounded.mode'='latest-offset') */";
      // Flink pushes no fields below a watermark.
      plan(streaming, "SELECT s.x, ts FROM " + ends, "project=[s, ts]", "watermark=[");
      answer(streaming, "SELECT s.a.b FROM " + ends, "0", "10", "null", "30", "40", "null");
    }
  }

  private static void plan(TableEnvironment sql, String query, String... texts) {
    assertThat(sql.explainSql(query)).contains(texts);
  }

  private static void answer(TableEnvironment sql, String query, String... rows) {
    assertThat(Town.rows(sql, query).stream().map(NestedProjectionIT::text))
        .as(query)
        .containsExactlyInAnyOrder(rows);
  }

  private static String text(Row row) {
    String text = row.toString();
    return text.substring(3, text.length() - 1);
  }
}
