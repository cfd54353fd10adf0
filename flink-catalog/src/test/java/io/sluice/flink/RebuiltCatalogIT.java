package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A streaming job, and what it reads when the log and the metadata were lost. */
@Timeout(300)
class RebuiltCatalogIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final BlockingQueue<Seen> SEEN = new LinkedBlockingQueue<>();

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  private record Seen(long offset, long n) {}

  /** Tells the test of each row. */
  public static final class Tell extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    /** Returns the offset. */
    public Long eval(Long offset, Long n) {
      SEEN.add(new Seen(offset, n));
      return offset;
    }
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  @Test
  void aJobThatHasReadLostRowsGoesOnWithThoseThatComeAfterThem() throws Exception {
    String savepoint;
    try (Town town = new Town(folder.resolve("lake"));
        SluiceClient client = town.connect()) {
      TableEnvironment sql = sql(town);
      sql.executeSql("CREATE TABLE t (n BIGINT)");
      write(client, 0, 100);
      town.compact(client, TABLE);
      write(client, 100, 150);
      JobClient job = start(sql);
      assertThat(take(150)).isEqualTo(rows(0, 150, 0));
      savepoint =
          job.stopWithSavepoint(
                  false, folder.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    try (Town town = new Town(folder.resolve("lake"))) {
      town.rebuild();
      try (SluiceClient client = town.connect()) {
        long shift = OffsetGap.after(100) - 200;
        write(client, 200, 210);
        town.compact(client, TABLE);
        write(client, 210, 250);
        TableEnvironment sql = sql(town);
        sql.getConfig().set("execution.state-recovery.path", savepoint);
        JobClient job = start(sql);
        assertThat(take(50)).isEqualTo(rows(200, 250, shift));
        job.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);

        JobClient anew = start(sql(town));
        List<Seen> all = rows(0, 100, 0);
        all.addAll(rows(200, 250, shift));
        assertThat(take(150)).isEqualTo(all);
        anew.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);

        TableEnvironment batch = town.sql(EnvironmentSettings.inBatchMode());
        assertThat(Town.rows(batch, "SELECT COUNT(*), MIN(n), MAX(n) FROM t"))
            .containsExactly(Row.of(150L, 0L, 249L));
      }
    }
    assertThat(SEEN).isEmpty();
  }

  @Test
  void filesThatDoNotTellTheirOffsetsAreReadAcrossTheGap() throws Exception {
    try (Town town = new Town(folder.resolve("lake"));
        SluiceClient client = town.connect()) {
      sql(town).executeSql("CREATE TABLE t (n BIGINT)");
      write(client, 0, 100);
      town.compact(client, TABLE);
    }
    try (Town town = new Town(folder.resolve("lake"))) {
      town.rebuild();
      try (SluiceClient client = town.connect()) {
        write(client, 200, 230);
        town.compact(client, TABLE);
        town.forgetMetrics(TABLE);
        write(client, 230, 250);
        JobClient job = start(sql(town));
        List<Seen> all = rows(0, 100, 0);
        all.addAll(rows(200, 250, OffsetGap.after(100) - 200));
        assertThat(take(150)).isEqualTo(all);
        job.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private static TableEnvironment sql(Town town) {
    TableEnvironment sql = town.sql(EnvironmentSettings.inStreamingMode());
    sql.getConfig().set("parallelism.default", "1");
    sql.createTemporarySystemFunction("TELL", Tell.class);
    sql.executeSql("CREATE TEMPORARY TABLE nowhere (o BIGINT) WITH ('connector'='blackhole')");
    return sql;
  }

  private static JobClient start(TableEnvironment sql) {
    return sql.executeSql("INSERT INTO nowhere SELECT TELL(_offset, n) FROM `t$system`")
        .getJobClient()
        .orElseThrow();
  }

  private static List<Seen> take(int rows) throws InterruptedException {
    List<Seen> taken = new ArrayList<>();
    long giveUpAt = System.nanoTime() + LIMIT.toNanos();
    while (taken.size() < rows) {
      Seen next = SEEN.poll(giveUpAt - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(next).as("after %s rows", taken.size()).isNotNull();
      taken.add(next);
    }
    return taken;
  }

  private static List<Seen> rows(long from, long to, long shift) {
    return new ArrayList<>(
        LongStream.range(from, to).mapToObj(n -> new Seen(n + shift, n)).toList());
  }

  private static void write(SluiceClient client, long from, long to) throws Exception {
    try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(0))) {
      writer
          .append(LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList())
          .join();
    }
  }
}
