package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.TableWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that copies a table exactly once, while all that may change does: the tables' buckets and
 * columns, what is in the lake and its snapshots, the log's rows, which leave it as soon as they
 * may; while tasks fail, TaskManagers go and gateways start again. The copy has the same rows.
 *
 * <p>{@code -Dcopy.lives=20} for more than one, {@code -Dseed=N} for a certain one.
 */
@Timeout(1_800)
class CopyUnderChangeIT {

  private static final int LIVES = Integer.getInteger("copy.lives", 1);
  private static final int ROWS_PER_STEP = 200;
  private static final int MOST_BUCKETS = 8;

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir private static Path folder;
  private static CopiedTables tables;
  private static MiniCluster flink;

  /** Those that were started, as the cluster counts them; the first still runs. */
  private static int oldestTaskManager;

  /** What happens between two appends. */
  private enum Event {
    TASK_FAILS,
    TASK_MANAGER_GOES,
    GATEWAY_RESTARTS,
    SOURCE_GETS_BUCKETS,
    SINK_GETS_BUCKETS,
    SOURCE_GETS_COLUMN,
    SINK_GETS_COLUMN,
    SOURCE_IS_COMPACTED,
    SINK_IS_COMPACTED,
    SNAPSHOTS_EXPIRE
  }

  @BeforeAll
  static void start(@InjectMiniCluster MiniCluster cluster) throws Exception {
    flink = cluster;
    Town town = new Town(folder.resolve("lake"));
    tables = new CopiedTables(town, town.connect(), folder.resolve("savepoints"));
  }

  @AfterAll
  static void stop() throws Exception {
    tables.close();
  }

  @TestFactory
  Stream<DynamicTest> theCopyHasTheSameRowsWhateverHappens() {
    Long replay = Long.getLong("seed");
    LongStream seeds = replay == null ? LongStream.range(0, LIVES) : LongStream.of(replay);
    return seeds.mapToObj(
        seed ->
            DynamicTest.dynamicTest("seed=" + seed, () -> new Life(seed, new Random(seed)).live()));
  }

  private static final class Life {

    private final Random random;
    private final String source;
    private final String sink;
    private final List<Row> expected = new ArrayList<>();
    private final List<Event> done = new ArrayList<>();
    private int sourceBuckets = 2;
    private int sinkBuckets = 1;
    private int columns;

    Life(long seed, Random random) {
      this.random = random;
      this.source = "src_" + seed;
      this.sink = "dst_" + seed;
    }

    void live() throws Exception {
      create(source, sourceBuckets);
      create(sink, sinkBuckets);
      TableEnvironment sql = tables.streaming(2, "200 ms");
      JobClient job =
          CopiedTables.start(
              sql,
              "INSERT INTO "
                  + sink
                  + CopiedTables.EXACTLY_ONCE
                  + "SELECT fails_once(n), k, s FROM "
                  + source
                  + " /*+ OPTIONS('scan.bucket-discovery'='200 ms') */");
      append();
      for (Event event : events()) {
        done.add(event);
        happen(event);
        append();
      }
      CopiedTables.await(
          sink + " has all rows after " + done, () -> tables.rows(sink) >= expected.size());
      CopiedTables.cancel(job);
      for (String table : List.of(source, sink)) {
        assertThat(Town.rows(tables.batch(), "SELECT n, k, s FROM " + table))
            .as(table + " after " + done)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(FailsOnce.AT).isEmpty();
    }

    private void create(String table, int buckets) {
      tables
          .batch()
          .executeSql(
              ("CREATE TABLE %s (n BIGINT NOT NULL, k INT, s STRING) WITH ('bucket.count'='%d',"
                      + " 'bucket.key'='n', 'log.retention'='0s', 'segment.max-age'='1s')")
                  .formatted(table, buckets));
    }

    /** Each of them, some more than once, in any order. */
    private List<Event> events() {
      List<Event> events = new ArrayList<>();
      for (Event event : Event.values()) {
        for (int times = 1 + random.nextInt(2); times > 0; times--) {
          events.add(event);
        }
      }
      Collections.shuffle(events, random);
      return events;
    }

    private void happen(Event event) throws Exception {
      switch (event) {
        case TASK_FAILS -> FailsOnce.AT.add(expected.size() + (long) random.nextInt(ROWS_PER_STEP));
        case TASK_MANAGER_GOES -> replaceTaskManager();
        case GATEWAY_RESTARTS -> tables.town().restartGateway();
        case SOURCE_GETS_BUCKETS -> sourceBuckets = raise(source, sourceBuckets);
        case SINK_GETS_BUCKETS -> sinkBuckets = raise(sink, sinkBuckets);
        case SOURCE_GETS_COLUMN -> addColumn(source);
        case SINK_GETS_COLUMN -> addColumn(sink);
        case SOURCE_IS_COMPACTED -> compact(source);
        case SINK_IS_COMPACTED -> compact(sink);
        case SNAPSHOTS_EXPIRE -> {
          expire(source);
          expire(sink);
        }
      }
    }

    private int raise(String table, int buckets) {
      int more = Math.min(2 * buckets, MOST_BUCKETS);
      if (more > buckets) {
        alter(table, "SET ('bucket.count'='" + more + "')");
      }
      return more;
    }

    private void addColumn(String table) {
      String where = random.nextBoolean() ? " FIRST" : "";
      alter(table, "ADD (extra_" + columns++ + " STRING" + where + ")");
    }

    private static void alter(String table, String how) {
      tables.batch().executeSql("ALTER TABLE " + table + " " + how);
    }

    private static void compact(String table) throws Exception {
      tables.town().compact(tables.client(), CopiedTables.name(table));
    }

    private static void expire(String table) throws Exception {
      compact(table);
      try (ForeignLake lake =
          new ForeignLake(tables.town(), tables.client(), CopiedTables.name(table))) {
        lake.load().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
      }
    }

    private void append() throws Exception {
      TableName name = CopiedTables.name(source);
      List<Map<String, Object>> rows = new ArrayList<>();
      for (int i = 0; i < ROWS_PER_STEP; i++) {
        long n = expected.size();
        Integer k = random.nextInt(10) == 0 ? null : random.nextInt();
        String s = random.nextInt(10) == 0 ? null : "row " + n + "/" + random.nextInt(1 << 20);
        expected.add(Row.of(n, k, s));
        Map<String, Object> row = new HashMap<>();
        row.put("n", n);
        row.put("k", k);
        row.put("s", s);
        rows.add(row);
      }
      try (TableWriter writer = tables.client().writer(name)) {
        writer.append(rows).get(120, TimeUnit.SECONDS);
      }
    }

    /** Has the TaskManager that has run longest go, and another come. */
    private static void replaceTaskManager() throws Exception {
      flink.startTaskManager();
      flink.terminateTaskManager(oldestTaskManager++).get(60, TimeUnit.SECONDS);
    }
  }
}
