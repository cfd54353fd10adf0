package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.math.BigDecimal;
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

/** Columns that change by ALTER TABLE in Flink SQL, and what queries see of them. */
@Timeout(600)
class AlterColumnsIT {

  private static final String ALL = "SELECT price, id, more, name, late FROM t";
  private static final TableName TABLE = new TableName("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void rowsOfBeforeAndAfterAreReadInTheNewColumnsFromLakeAndLog() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (id INT NOT NULL, name STRING, delay FLOAT, price DECIMAL(9, 2),"
              + " gone STRING) WITH ('bucket.count'='2', 'bucket.key'='name',"
              + " 'lake.partitioning'='bucket(2, id)')");
      sql.executeSql("INSERT INTO t VALUES (1, 'a', 1.5, 1.25, 'x'), (2, 'b', 2.5, 2.25, 'x')")
          .await();
      town.compact(client, TABLE);
      sql.executeSql("INSERT INTO t VALUES (3, 'c', 3.5, 3.25, 'x')").await();

      sql.executeSql("ALTER TABLE t ADD (more INT COMMENT 'late' AFTER id, tail STRING)");
      sql.executeSql("ALTER TABLE t DROP gone");
      sql.executeSql("ALTER TABLE t MODIFY (id BIGINT, delay DOUBLE, price DECIMAL(24, 2) FIRST)");
      sql.executeSql("ALTER TABLE t RENAME delay TO late");

      assertThat(
              Town.rows(sql, "DESCRIBE t").stream()
                  .map(row -> row.getField(0) + " " + row.getField(1)))
          .containsExactly(
              "price DECIMAL(24, 2)",
              "id BIGINT",
              "more INT",
              "name STRING",
              "late DOUBLE",
              "tail STRING");
      List<Row> old = List.of(row("1.25", 1, "a"), row("2.25", 2, "b"), row("3.25", 3, "c"));
      assertThat(Town.rows(sql, ALL)).containsExactlyInAnyOrderElementsOf(old);
      assertThat(Town.rows(sql, "SELECT * FROM t")).allMatch(row -> row.getArity() == 6);

      sql.executeSql(
              "INSERT INTO t VALUES (CAST('10000000000000000000.25' AS DECIMAL(24, 2)), 5000000000, 7, 'd', 4.5, 'n'),"
                  + " (5.25, CAST(NULL AS BIGINT), 8, 'e', 5.5, 'o')")
          .await();
      for (int round = 0; round < 2; round++) {
        check(sql, old);
        town.compact(client, TABLE);
      }
    }
  }

  private static void check(TableEnvironment sql, List<Row> old) {
    assertThat(Town.rows(sql, ALL))
        .containsExactlyInAnyOrder(
            old.get(0),
            old.get(1),
            old.get(2),
            Row.of(new BigDecimal("10000000000000000000.25"), 5_000_000_000L, 7, "d", 4.5),
            Row.of(new BigDecimal("5.25"), null, 8, "e", 5.5));
    assertThat(Town.rows(sql, "SELECT name FROM t WHERE id = 2 OR id = 3"))
        .containsExactlyInAnyOrder(Row.of("b"), Row.of("c"));
    assertThat(Town.rows(sql, "SELECT name FROM t WHERE late > 2.0 AND price < 3"))
        .containsExactly(Row.of("b"));
    assertThat(Town.rows(sql, "SELECT name FROM t WHERE tail IS NULL AND more IS NULL")).hasSize(3);
    assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(more) FROM t"))
        .containsExactly(Row.of(5L, 2L));
  }

  private static Row row(String price, long id, String name) {
    return Row.of(new BigDecimal(price), id, null, name, id + 0.5);
  }

  @Test
  void whatCannotBeIsRefusedInClearWords() throws Exception {
    try (Town town = new Town(folder)) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (id INT, name STRING) WITH ('bucket.count'='2', 'bucket.key'='id')");
      refused(sql, "ALTER TABLE t ADD (m INT NOT NULL)", "leave NOT NULL out");
      refused(sql, "ALTER TABLE t ADD (m ARRAY<CHAR(1)>)", "use STRING");
      refused(sql, "ALTER TABLE t MODIFY (name INT)", "Cannot change column type: name");
      refused(sql, "ALTER TABLE t MODIFY (id BIGINT NOT NULL)", "can't become NOT NULL");
      refused(sql, "ALTER TABLE t DROP id", "used as a distribution key");
      refused(sql, "ALTER TABLE t RENAME id TO key", "used as a distribution key");
      refused(sql, "ALTER TABLE t ADD WATERMARK FOR nothing AS nothing", "nothing");
      assertThat(Town.rows(sql, "DESCRIBE t")).hasSize(2);
    }
  }

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void aStreamingQueryGoesOnInItsColumnsUntilTheirTypesChange() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment batch = town.sql(EnvironmentSettings.inBatchMode());
      batch.executeSql("CREATE TABLE t (id INT, name STRING)");
      batch.executeSql("INSERT INTO t VALUES (1, 'a')").await();
      TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
      try (CloseableIterator<Row> rows = sql.executeSql("SELECT id, name FROM t").collect()) {
        assertThat(rows.next()).isEqualTo(Row.of(1, "a"));
        batch.executeSql("ALTER TABLE t ADD (more INT FIRST)");
        batch.executeSql("INSERT INTO t VALUES (7, 2, 'b')").await();
        assertThat(rows.next()).isEqualTo(Row.of(2, "b"));
        town.compact(client, TABLE);
        batch.executeSql("INSERT INTO t VALUES (8, 3, 'c')").await();
        assertThat(rows.next()).isEqualTo(Row.of(3, "c"));
        batch.executeSql("ALTER TABLE t MODIFY (id BIGINT)");
        batch.executeSql("INSERT INTO t VALUES (8, 5000000000, 'd')").await();
        assertThatThrownBy(rows::next).hasStackTraceContaining("the columns changed");
      }
      assertThat(Town.rows(batch, "SELECT id FROM t"))
          .containsExactlyInAnyOrder(Row.of(1L), Row.of(2L), Row.of(3L), Row.of(5_000_000_000L));
    }
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement).await())
        .as(statement)
        .hasStackTraceContaining(message);
  }
}
