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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** DISTRIBUTED BY in CREATE, LIKE, SHOW CREATE and ALTER TABLE. */
@Timeout(600)
class DistributionIT {

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void aTableIsDistributedAndSaysSo() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE k (n BIGINT) DISTRIBUTED BY HASH(n) INTO 4 BUCKETS");
      sql.executeSql("CREATE TABLE p (n BIGINT) DISTRIBUTED INTO 3 BUCKETS");
      sql.executeSql("CREATE TABLE o (n BIGINT) WITH ('bucket.key'='n', 'bucket.count'='2')");
      sql.executeSql("CREATE TABLE l LIKE k");
      sql.executeSql("CREATE TABLE m DISTRIBUTED INTO 5 BUCKETS LIKE k (EXCLUDING DISTRIBUTION)");
      sql.executeSql("CREATE TABLE e (n BIGINT)");
      assertThat(distribution(client, "k")).isEqualTo("[n]4");
      assertThat(distribution(client, "p")).isEqualTo("[]3");
      assertThat(distribution(client, "o")).isEqualTo("[n]2");
      assertThat(distribution(client, "l")).isEqualTo("[n]4");
      assertThat(distribution(client, "m")).isEqualTo("[]5");
      assertThat(shown(sql, "k")).contains("DISTRIBUTED BY HASH(`n`) INTO 4 BUCKETS");
      assertThat(shown(sql, "p")).contains("DISTRIBUTED INTO 3 BUCKETS");
      assertThat(shown(sql, "o"))
          .contains("DISTRIBUTED BY HASH(`n`) INTO 2 BUCKETS")
          .doesNotContain("bucket.");
      assertThat(shown(sql, "e")).doesNotContain("DISTRIBUTED");

      sql.executeSql("INSERT INTO k SELECT * FROM (VALUES (1), (2), (3), (4), (5))").await();
      assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(DISTINCT _bucket) > 1 FROM `k$system`"))
          .isEqualTo(List.of(Row.of(5L, true)));

      sql.executeSql("INSERT INTO p VALUES (1), (2)").await();
      assertThat(Town.rows(sql, "SELECT COUNT(*) FROM p")).containsExactly(Row.of(2L));

      sql.executeSql("ALTER TABLE k MODIFY DISTRIBUTION BY HASH(n) INTO 8 BUCKETS");
      sql.executeSql("ALTER TABLE e ADD DISTRIBUTION INTO 6 BUCKETS");
      assertThat(distribution(client, "k")).isEqualTo("[n]8");
      assertThat(distribution(client, "e")).isEqualTo("[]6");
      assertThat(Town.rows(sql, "SELECT COUNT(*) FROM k")).containsExactly(Row.of(5L));
      refused(sql, "ALTER TABLE k MODIFY DISTRIBUTION BY HASH(n) INTO 12 BUCKETS", "use 16");
      refused(sql, "ALTER TABLE p MODIFY DISTRIBUTION BY HASH(n)", "'bucket.key' can't be changed");
      refused(sql, "ALTER TABLE k DROP DISTRIBUTION", "can't be dropped");
      refused(sql, "CREATE TABLE x WITH ('bucket.count'='5') LIKE k", "EXCLUDING DISTRIBUTION");
      refused(
          sql,
          "CREATE TABLE x (a INT, b INT) DISTRIBUTED BY HASH(a, b) INTO 2 BUCKETS",
          "a bucket's key is one column");
      refused(sql, "CREATE TABLE x (a INT) DISTRIBUTED BY RANGE(a) INTO 2 BUCKETS", "use HASH");
    }
  }

  private static String distribution(SluiceClient client, String table) throws Exception {
    var found = client.describe(new TableName("default", table));
    return found.bucketKey().toString() + found.bucketCount();
  }

  private static String shown(TableEnvironment sql, String table) {
    return Town.rows(sql, "SHOW CREATE TABLE " + table).toString();
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }
}
