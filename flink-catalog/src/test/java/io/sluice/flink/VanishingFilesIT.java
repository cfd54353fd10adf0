package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batch queries whose files leave the table in the midst of the read. */
@Timeout(600)
class VanishingFilesIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int FILES = 4;

  /** More than a reader fetches ahead: files are left to open while the first row is held. */
  private static final long FILE_ROWS = 10_000;

  private static final long WAIT_S = 240;

  private static volatile CountDownLatch reached = new CountDownLatch(1);
  private static volatile CountDownLatch goOn = new CountDownLatch(1);

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;
  private Town town;
  private SluiceClient client;
  private TableEnvironment sql;

  /** Holds a query up at its first row. */
  public static final class Hold extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    /** Returns what it is given. */
    public Long eval(Long n) throws InterruptedException {
      reached.countDown();
      assertThat(goOn.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
      return n;
    }
  }

  @BeforeEach
  void start() throws Exception {
    reached = new CountDownLatch(1);
    goOn = new CountDownLatch(1);
    town = new Town(folder);
    client = town.connect();
    sql = town.sql(EnvironmentSettings.inBatchMode());
    sql.getConfig().set("parallelism.default", "1");
    sql.createTemporarySystemFunction("HELD_UP", Hold.class);
    sql.executeSql("CREATE TABLE t (n BIGINT)");
    for (int file = 0; file < FILES; file++) {
      try (TableWriter writer = client.writer(TABLE)) {
        List<Map<String, Object>> rows =
            LongStream.range(file * FILE_ROWS, (file + 1) * FILE_ROWS)
                .mapToObj(n -> Map.<String, Object>of("n", n))
                .toList();
        writer.append(rows).join();
      }
      town.compact(client, TABLE);
    }
  }

  @AfterEach
  void stop() {
    goOn.countDown();
    client.close();
    town.close();
  }

  @Test
  void aQueryEndsInTheSnapshotThatItBeganWith() throws Exception {
    TableResult query = begin();
    removeRows(town.lakeTable(TABLE));
    goOn.countDown();
    assertThat(CollectionUtil.iteratorToList(query.collect()))
        .containsExactly(Row.of(FILES * FILE_ROWS, FILES * FILE_ROWS));
    assertThat(Town.rows(sql, "SELECT COUNT(*) FROM t")).containsExactly(Row.of(0L));
  }

  @Test
  void aQueryWhoseSnapshotExpiredFailsWithTheFileAndWhatToDo() throws Exception {
    TableResult query = begin();
    Table lake = town.lakeTable(TABLE);
    List<String> files = files(lake);
    assertThat(files).hasSize(FILES);
    removeRows(lake);
    lake.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    for (String file : files) {
      lake.io().deleteFile(file);
    }
    goOn.countDown();
    assertThatThrownBy(() -> CollectionUtil.iteratorToList(query.collect()))
        .hasStackTraceContaining("of table default.t is gone: its snapshot expired")
        .hasStackTraceContaining("'lake.snapshot-retention'")
        .satisfies(
            failure ->
                assertThat(files).anyMatch(file -> stackTrace(failure).contains("file " + file)));
  }

  private TableResult begin() throws InterruptedException {
    TableResult query = sql.executeSql("SELECT COUNT(HELD_UP(n)), COUNT(DISTINCT n) FROM t");
    assertThat(reached.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
    return query;
  }

  private static void removeRows(Table lake) {
    lake.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).commit();
  }

  private static List<String> files(Table lake) throws Exception {
    List<String> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = lake.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file().location()));
    }
    return files;
  }

  private static String stackTrace(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }
}
