package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** TRUNCATE TABLE in Flink SQL, and what queries see of it. */
@Timeout(600)
class TruncateTableIT {

  private static final TableName TABLE = new TableName("default", "t");

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void unionReadsSeeTheRowsGoneAndThoseThatComeAfterwards() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
      sql.executeSql(
          "CREATE TABLE t (n BIGINT) WITH"
              + " ('bucket.count'='2', 'bucket.key'='n', 'lake.partitioning'='bucket(2, n)')");
      insert(sql, 0, 100);
      town.compact(client, TABLE);
      insert(sql, 100, 200);
      try (CloseableIterator<Row> running = streaming.executeSql("SELECT n FROM t").collect()) {
        List<Long> seen = new ArrayList<>();
        read(running, 200, seen);

        truncate(town, client, sql);

        assertThat(Town.rows(sql, "SELECT n FROM t")).isEmpty();
        assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t")).containsExactly(Row.of(0L));
        insert(sql, 200, 300);
        read(running, 300, seen);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(0, 300));
      }
      check(sql, 200, 300);
      checkStream(streaming, "SELECT n FROM t", 200, 300);
      town.compact(client, TABLE);
      check(sql, 200, 300);
      checkStream(streaming, "SELECT n FROM t", 200, 300);
      // The log has them as long as it keeps rows.
      checkStream(
          streaming, "SELECT n FROM t /*+ OPTIONS('scan.startup.mode'='earliest') */", 0, 300);

      truncate(town, client, sql);
      truncate(town, client, sql);
      assertThat(Town.rows(sql, "SELECT n FROM t")).isEmpty();
      insert(sql, 300, 310);
      check(sql, 300, 310);
      checkStream(streaming, "SELECT n FROM t", 300, 310);
    }
  }

  @Test
  void whatCanNotBeTruncatedIsRefused() throws Exception {
    try (Town town = new Town(folder)) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      TableEnvironment streaming = town.sql(EnvironmentSettings.inStreamingMode());
      sql.executeSql("CREATE TABLE t (n BIGINT)");
      insert(sql, 0, 3);

      refused(streaming, "TRUNCATE TABLE t", "not supported in streaming mode");
      refused(sql, "TRUNCATE TABLE `t$system`", "TRUNCATE TABLE `t` does it");
      refused(sql, "TRUNCATE TABLE none", "none");
      check(sql, 0, 3);
    }
  }

  /** Truncates while a compactor works. */
  private static void truncate(Town town, SluiceClient client, TableEnvironment sql)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> compaction =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (!stop.get()) {
                  town.compact(client, TABLE);
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    try {
      sql.executeSql("TRUNCATE TABLE t");
    } finally {
      stop.set(true);
      compaction.get(60, TimeUnit.SECONDS);
    }
  }

  @SuppressWarnings("try")
  private static void checkStream(TableEnvironment sql, String query, long from, long to)
      throws Exception {
    List<Long> seen = new ArrayList<>();
    try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
      read(rows, (int) (to - from), seen);
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(from, to));
  }

  private static void read(CloseableIterator<Row> rows, int until, List<Long> seen) {
    while (seen.size() < until) {
      seen.add(rows.next().getFieldAs(0));
    }
  }

  private static void check(TableEnvironment sql, long from, long to) {
    assertThat(Town.rows(sql, "SELECT n FROM t").stream().map(row -> row.<Long>getFieldAs(0)))
        .containsExactlyInAnyOrderElementsOf(numbers(from, to));
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
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
