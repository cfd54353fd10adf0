package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** ALTER TABLE in Flink SQL, and what queries see of it. */
@Timeout(600)
class AlterTableIT {

  private static final TableName TABLE = new TableName("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void rowsOfOldBucketsAndNewOnesAreReadEachOnceBeforeAndAfterCompaction() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql(
          "CREATE TABLE t (n BIGINT) WITH ('bucket.count'='2', 'bucket.key'='n', 'log.retention'='2h')");
      insert(sql, 0, 100);
      town.compact(client, TABLE);
      insert(sql, 100, 200);
      sql.executeSql("ALTER TABLE t SET ('bucket.count'='8', 'segment.bytes'='64MiB')");
      assertThat(client.describe(TABLE).bucketCount()).isEqualTo(8);
      assertThat(client.describe(TABLE).options()).containsEntry("segment.bytes", "64MiB");
      insert(sql, 200, 300);
      check(sql, 300);
      town.compact(client, TABLE);
      check(sql, 300);
      insert(sql, 300, 400);
      check(sql, 400);

      sql.executeSql("ALTER TABLE t RESET ('log.retention')");
      assertThat(client.describe(TABLE).options()).containsEntry("log.retention", "1h");
      refused(sql, "ALTER TABLE t SET ('bucket.count'='4')", "can't be lowered, from 8 to 4");
      refused(sql, "ALTER TABLE t SET ('bucket.key'='')", "'bucket.key' can't be changed");
      refused(sql, "ALTER TABLE t RESET ('bucket.count')", "can't be lowered");
      refused(
          sql,
          "ALTER TABLE t MODIFY DISTRIBUTION BY HASH(n) INTO 2 BUCKETS",
          "can't be lowered, from 8 to 2");
      refused(sql, "ALTER TABLE t RENAME TO u", "CREATE TABLE u LIKE t");
      check(sql, 400);
    }
  }

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void aStreamingQueryThatRunsReadsNewBucketsToo() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment batch = town.sql(EnvironmentSettings.inBatchMode());
      batch.executeSql("CREATE TABLE t (n BIGINT) WITH ('bucket.count'='1', 'bucket.key'='n')");
      insert(batch, 0, 100);
      TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
      String query =
          "SELECT _bucket, n FROM `t$system` /*+ OPTIONS('scan.bucket-discovery'='200 ms') */";
      List<Long> seen = new ArrayList<>();
      Set<Integer> buckets = new TreeSet<>();
      try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
        read(rows, 100, seen, buckets);
        batch.executeSql("ALTER TABLE t SET ('bucket.count'='4')");
        insert(batch, 100, 200);
        read(rows, 200, seen, buckets);
        town.compact(client, TABLE);
        insert(batch, 200, 300);
        read(rows, 300, seen, buckets);
      }
      assertThat(seen)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 300).boxed().toList());
      assertThat(buckets).containsExactly(0, 1, 2, 3);
    }
  }

  private static void read(
      CloseableIterator<Row> rows, int until, List<Long> seen, Set<Integer> buckets) {
    while (seen.size() < until) {
      Row row = rows.next();
      buckets.add(row.getFieldAs(0));
      seen.add(row.getFieldAs(1));
    }
  }

  private static void check(TableEnvironment sql, long count) {
    assertThat(Town.rows(sql, "SELECT n FROM t").stream().map(row -> row.<Long>getFieldAs(0)))
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, count).boxed().toList());
    assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(DISTINCT n) FROM t"))
        .containsExactly(Row.of(count, count));
  }

  private static void insert(TableEnvironment sql, long from, long to) throws Exception {
    String values =
        LongStream.range(from, to).mapToObj(n -> "(" + n + ")").collect(Collectors.joining(", "));
    sql.executeSql("INSERT INTO t VALUES " + values).await();
  }

  private static void refused(TableEnvironment sql, String statement, String message) {
    assertThatThrownBy(() -> sql.executeSql(statement)).hasStackTraceContaining(message);
  }
}
