package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a reporter has of a running job, and what its operators hear of a backlog. */
@Timeout(600)
class SourceMetricsIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int BUCKETS = 2;
  private static final long IN_LAKE = 500;
  private static final long IN_LOG = 300;
  private static final long ROWS = BUCKETS * (IN_LAKE + IN_LOG);
  private static final int HELD_AT = 100;
  private static final Duration AGE = Duration.ofHours(1);
  private static final long WAIT_S = 240;

  private static final AtomicInteger SEEN = new AtomicInteger();
  private static final CountDownLatch GO_ON = new CountDownLatch(1);
  private static final ConcurrentLinkedDeque<Boolean> BACKLOG = new ConcurrentLinkedDeque<>();
  private static final InMemoryReporter REPORTER = InMemoryReporter.create();

  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .setConfiguration(REPORTER.addToConfiguration(new Configuration()))
              .build());

  @TempDir private Path folder;

  /** Holds the job up in the midst of its history. */
  public static final class Hold extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    /** Returns what it is given. */
    public Long eval(Long n) throws InterruptedException {
      if (SEEN.incrementAndGet() >= HELD_AT) {
        assertThat(GO_ON.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
      }
      return n;
    }
  }

  /** Notes whether its input is a backlog, whenever it hears of it. */
  private static final class Hearing extends AbstractStreamOperator<Row>
      implements OneInputStreamOperator<Row, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(StreamRecord<Row> row) {
      output.collect(row);
    }

    @Override
    public void processRecordAttributes(RecordAttributes attributes) {
      BACKLOG.add(attributes.isBacklog());
    }
  }

  @Test
  void aReporterHasPendingRowsLagsAndTheBacklogUntilAllBucketsAreInTheLog() throws Exception {
    try (Town town = new Town(folder, Clock.offset(Clock.systemUTC(), AGE.negated()));
        SluiceClient client = town.connect()) {
      StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
      flink.setParallelism(BUCKETS);
      flink.enableCheckpointing(100);
      StreamTableEnvironment sql = StreamTableEnvironment.create(flink);
      town.use(sql);
      sql.getConfig().set("execution.checkpointing.interval-during-backlog", "0 s");
      sql.executeSql(
          "CREATE TABLE t (n BIGINT, appended TIMESTAMP_LTZ(3) METADATA FROM '_timestamp' VIRTUAL,"
              + " WATERMARK FOR appended AS SOURCE_WATERMARK()) WITH ('bucket.count'='"
              + BUCKETS
              + "')");
      write(client, 0, IN_LAKE);
      town.compact(client, TABLE);
      write(client, IN_LAKE, IN_LAKE + IN_LOG);

      sql.createTemporarySystemFunction("HELD_UP", Hold.class);
      String query = "SELECT HELD_UP(n) FROM t /*+ OPTIONS('scan.lake-chunk-rows'='20') */";
      sql.toDataStream(sql.sqlQuery(query))
          .transform("hearing", Types.ROW(Types.LONG), new Hearing())
          .sinkTo(new DiscardingSink<>());
      JobClient job = flink.executeAsync();
      try {
        until("all is held up in history", () -> SEEN.get() >= HELD_AT);
        until("the backlog is known", () -> sum("bucketsInHistory") == BUCKETS);
        // Which rows wait is known when each reader has looked where the log ends.
        until("rows wait", () -> sum("pendingRecords") + sum("currentOffset") == ROWS);
        assertThat(sum("pendingRecords")).isBetween(BUCKETS * IN_LOG, ROWS - HELD_AT / 2);
        assertThat(sum("numRecordsIn")).isBetween((long) HELD_AT / 2, BUCKETS * IN_LAKE - 1);
        assertThat(least("currentFetchEventTimeLag")).isGreaterThanOrEqualTo(AGE.toMillis());

        GO_ON.countDown();
        until("all rows came", () -> sum("numRecordsIn") == ROWS);
        until("no rows wait", () -> sum("pendingRecords") == 0);
        assertThat(sum("currentOffset")).isEqualTo(ROWS);
        until("it reads the log", () -> sum("bucketsInHistory") == 0);
        until("operators have heard", () -> Boolean.FALSE.equals(BACKLOG.peekLast()));
        assertThat(BACKLOG).contains(true);
        assertThat(least("watermarkLag")).isGreaterThanOrEqualTo(AGE.toMillis());
        until("checkpoints are made", () -> sum("numberOfCompletedCheckpoints") > 0);
      } finally {
        GO_ON.countDown();
        job.cancel().get(WAIT_S, TimeUnit.SECONDS);
      }
    }
  }

  private static void write(SluiceClient client, long from, long to) throws Exception {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
        List<Map<String, Object>> rows =
            LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList();
        writer.append(rows).join();
      }
    }
  }

  private static long sum(String name) {
    return values(name).sum();
  }

  private static long least(String name) {
    return values(name).min().orElseThrow();
  }

  /** Those of the source, and of the job. */
  private static LongStream values(String name) {
    return REPORTER.getMetricsByGroup().entrySet().stream()
        .filter(group -> isOfSource(name, group.getValue()))
        .flatMap(group -> group.getValue().entrySet().stream())
        .filter(metric -> metric.getKey().equals(name))
        .mapToLong(metric -> value(metric.getValue()));
  }

  /** Other operators count rows too. */
  private static boolean isOfSource(String name, Map<String, Metric> group) {
    return !name.equals("numRecordsIn") || group.containsKey("pendingRecords");
  }

  private static long value(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getCount();
    }
    return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number
        ? number.longValue()
        : 0;
  }

  private static void until(String what, BooleanSupplier reached) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(() -> what + "; pending " + sum("pendingRecords") + ", in " + sum("numRecordsIn"))
          .isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
