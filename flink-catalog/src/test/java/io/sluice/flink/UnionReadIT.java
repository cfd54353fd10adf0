package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batch reads while rows come in and are compacted. */
@Timeout(900)
class UnionReadIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int BUCKETS = 3;
  private static final int READS = 5;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLongArray acknowledged = new AtomicLongArray(BUCKETS);

  @Test
  void eachReadSeesAGaplessPrefixOfEachBucketWithAllThatWasAcknowledgedBefore() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (n BIGINT) WITH ('bucket.count'='" + BUCKETS + "')");
      CompletableFuture<Void> ingest = run(() -> ingest(client));
      CompletableFuture<Void> compaction = run(() -> compact(town, client));
      try {
        for (int read = 0; read < READS; read++) {
          long[] least = new long[BUCKETS];
          for (int bucket = 0; bucket < BUCKETS; bucket++) {
            least[bucket] = acknowledged.get(bucket);
          }
          check(Town.rows(sql, "SELECT _bucket, _offset, n FROM `t$system`"), least);
        }
      } finally {
        stop.set(true);
      }
      ingest.join();
      compaction.join();
      town.compact(client, TABLE);
      assertThat(Town.rows(sql, "SELECT COUNT(*), COUNT(DISTINCT n) FROM t WHERE n >= 0"))
          .containsExactly(
              Row.of(
                  LongStream.range(0, BUCKETS).map(b -> acknowledged.get((int) b)).sum(),
                  LongStream.range(0, BUCKETS)
                      .map(b -> acknowledged.get((int) b))
                      .max()
                      .orElseThrow()));
    }
  }

  private static void check(List<Row> rows, long[] least) {
    List<List<Long>> offsets = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      offsets.add(new ArrayList<>());
    }
    for (Row row : rows) {
      assertThat(row.<Long>getFieldAs(1)).isEqualTo(row.<Long>getFieldAs(2));
      offsets.get(row.<Integer>getFieldAs(0)).add(row.getFieldAs(1));
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      List<Long> sorted = offsets.get(bucket).stream().sorted().toList();
      assertThat(sorted).as("bucket " + bucket).hasSizeGreaterThanOrEqualTo((int) least[bucket]);
      assertThat(sorted).isEqualTo(LongStream.range(0, sorted.size()).boxed().toList());
    }
  }

  /** Each bucket's rows are the numbers from 0. */
  private void ingest(SluiceClient client) throws Exception {
    List<TableWriter> writers = new ArrayList<>();
    long[] next = new long[BUCKETS];
    try {
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        writers.add(client.writer(TABLE, WriterSettings.create().withBucket(bucket)));
      }
      Random random = new Random(1);
      while (!stop.get()) {
        int bucket = random.nextInt(BUCKETS);
        int count = 1 + random.nextInt(50);
        long first = next[bucket];
        List<Map<String, Object>> rows =
            LongStream.range(first, first + count)
                .mapToObj(n -> Map.<String, Object>of("n", n))
                .toList();
        next[bucket] += count;
        writers.get(bucket).append(rows).join();
        acknowledged.set(bucket, next[bucket]);
        LockSupport.parkNanos(2_000_000);
      }
    } finally {
      writers.forEach(TableWriter::close);
    }
  }

  private void compact(Town town, SluiceClient client) throws Exception {
    Random random = new Random(2);
    while (!stop.get()) {
      LockSupport.parkNanos(random.nextInt(500) * 1_000_000L);
      town.compact(client, TABLE);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> run(Work work) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            work.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }
}
