package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Streaming reads that go from the lake into the log, through compactions and a failure. */
@Timeout(900)
class StreamingReadIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int BUCKETS = 2;
  private static final long ROUNDS = 8;
  private static final long ROUND_ROWS = 100;
  private static final AtomicBoolean FAILED = new AtomicBoolean();

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  /** Fails once, in the middle. */
  public static final class FailOnce extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    /** Returns what it is given. */
    public Long eval(Long n) {
      if (n == ROUND_ROWS * ROUNDS / 2 && FAILED.compareAndSet(false, true)) {
        throw new IllegalStateException("failed as the test wants");
      }
      return n;
    }
  }

  @Test
  @SuppressWarnings("try") // Flink's iterator may be interrupted when it closes
  void eachRowIsSeenOnceAndInOrderThroughCompactionsAndARestoreFromACheckpoint() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
      sql.getConfig().set("execution.checkpointing.interval", "200 ms");
      sql.getConfig().set("restart-strategy.type", "fixed-delay");
      sql.getConfig().set("restart-strategy.fixed-delay.delay", "100 ms");
      sql.createTemporarySystemFunction("FAIL_ONCE", FailOnce.class);
      sql.executeSql("CREATE TABLE t (n BIGINT) WITH ('bucket.count'='" + BUCKETS + "')");
      write(client, 0, 3);
      town.compact(client, TABLE);
      write(client, 3, 4);

      CompletableFuture<Void> rest = new CompletableFuture<>();
      Thread writing =
          new Thread(
              () -> {
                try {
                  for (long round = 4; round < ROUNDS; round++) {
                    write(client, round, round + 1);
                    town.compact(client, TABLE);
                  }
                  rest.complete(null);
                } catch (Exception e) {
                  rest.completeExceptionally(e);
                }
              });
      String query =
          "SELECT _bucket, _offset, FAIL_ONCE(n) FROM `t$system`"
              + " /*+ OPTIONS('scan.lake-chunk-rows'='37') */";
      long[] next = new long[BUCKETS];
      try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
        writing.start();
        while (Arrays.stream(next).sum() < BUCKETS * ROUNDS * ROUND_ROWS) {
          Row row = rows.next();
          int bucket = row.getFieldAs(0);
          assertThat(row.<Long>getFieldAs(1)).as("bucket " + bucket).isEqualTo(next[bucket]);
          assertThat(row.<Long>getFieldAs(2)).isEqualTo(next[bucket]);
          next[bucket]++;
        }
      }
      rest.join();
      assertThat(FAILED).isTrue();
    }
  }

  private static void write(SluiceClient client, long fromRound, long toRound) throws Exception {
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(bucket))) {
        for (long round = fromRound; round < toRound; round++) {
          List<Map<String, Object>> rows =
              LongStream.range(round * ROUND_ROWS, (round + 1) * ROUND_ROWS)
                  .mapToObj(n -> Map.<String, Object>of("n", n))
                  .toList();
          writer.append(rows).join();
        }
      }
    }
  }
}
