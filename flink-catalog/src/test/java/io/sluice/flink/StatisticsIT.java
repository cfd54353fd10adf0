package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataBase;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataDate;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataDouble;
import org.apache.flink.table.catalog.stats.CatalogColumnStatisticsDataLong;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the planner is told of a table. */
@Timeout(600)
class StatisticsIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final ObjectPath PATH = new ObjectPath("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void rowsOfLakeAndLogAreCountedAndValuesOfTheLakeBounded() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      Catalog catalog = sql.getCatalog("sluice").orElseThrow();
      create(sql);
      assertThat(catalog.getTableStatistics(PATH).getRowCount()).isZero();
      assertThat(catalog.getTableColumnStatistics(PATH).getColumnStatisticsData()).isEmpty();
      sql.executeSql(
              "INSERT INTO t VALUES (-3, 5, CAST(0.5 AS FLOAT), DATE '1970-01-11', 'a', TRUE,"
                  + " TIMESTAMP '2026-01-31 12:00:00', 1.25, X'00', ROW(1))")
          .await();
      sql.executeSql("INSERT INTO t (i) VALUES (7)").await();
      town.compact(client, TABLE);
      sql.executeSql("INSERT INTO t (i) VALUES (100)").await();

      assertThat(catalog.getTableStatistics(PATH).getRowCount()).isEqualTo(3);
      assertThat(catalog.getTableStatistics(PATH).getFileCount()).isPositive();
      Map<String, CatalogColumnStatisticsDataBase> columns =
          catalog.getTableColumnStatistics(PATH).getColumnStatisticsData();
      assertThat(columns).containsOnlyKeys("i", "b", "f", "d", "s", "o", "y");
      requireBounds(columns);

      requireThatPlansUseThem(sql);
      sql.executeSql("ALTER TABLE t DROP twice");
      sql.executeSql("ALTER TABLE t RENAME i TO j");
      assertThat(catalog.getTableColumnStatistics(PATH).getColumnStatisticsData())
          .containsKey("j")
          .doesNotContainKey("i");
      town.forgetMetrics(TABLE);
      assertThat(catalog.getTableColumnStatistics(PATH).getColumnStatisticsData()).isEmpty();
      assertThat(catalog.getTableStatistics(PATH).getRowCount()).isEqualTo(3);
    }
  }

  private static void create(TableEnvironment sql) {
    sql.executeSql(
        "CREATE TABLE t (i INT, b BIGINT, f FLOAT, d DATE, s STRING, o BOOLEAN, ts TIMESTAMP(6),"
            + " c DECIMAL(9, 2), y BYTES, r ROW<x INT>, twice AS i * 2)");
  }

  private static void requireThatPlansUseThem(TableEnvironment sql) throws Exception {
    // The planner compares them with literals of every type.
    assertThat(
            Town.rows(
                sql,
                "SELECT i FROM t WHERE i > 0 AND (b IS NULL OR b < 9) AND (f IS NULL OR f < 3.5)"
                    + " AND (d IS NULL OR d > DATE '1960-01-01') AND (s IS NULL OR s <> 'q')"
                    + " AND (c IS NULL OR c < 7.5) AND (ts IS NULL OR ts > TIMESTAMP"
                    + " '2020-01-01 00:00:00') AND (o IS NULL OR o) AND twice > 4 ORDER BY i"))
        .containsExactly(Row.of(7), Row.of(100));
    assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t a JOIN t b ON a.i = b.i AND a.d = b.d"))
        .containsExactly(Row.of(1L));
  }

  private static void requireBounds(Map<String, CatalogColumnStatisticsDataBase> columns) {
    assertThat(columns.get("i"))
        .isInstanceOfSatisfying(
            CatalogColumnStatisticsDataLong.class,
            i -> {
              assertThat(i.getMin()).isEqualTo(-3L);
              assertThat(i.getMax()).isEqualTo(7L);
              assertThat(i.getNullCount()).isZero();
            });
    assertThat(columns.get("f"))
        .isInstanceOfSatisfying(
            CatalogColumnStatisticsDataDouble.class,
            f -> {
              assertThat(f.getMax()).isEqualTo(0.5);
              assertThat(f.getNullCount()).isEqualTo(1);
            });
    assertThat(columns.get("d"))
        .isInstanceOfSatisfying(
            CatalogColumnStatisticsDataDate.class,
            d -> assertThat(d.getMin().getDaysSinceEpoch()).isEqualTo(10));
  }
}
