package io.sluice.cli.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.cli.cluster.TestCluster;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A gateway, a bookie, ZooKeeper and a compactor at 70 % of what they can do, with a follower and
 * with rows that leave the log. Neither memory nor metadata may grow with the rows that have gone
 * through: what the last third of the time needs, the second third needed.
 *
 * <p>{@code -Dsoak.seconds=600} for ten minutes; the samples are printed as a table.
 */
@Tag("soak")
@Timeout(7_200)
class SoakIT {

  private static final int SECONDS = Integer.getInteger("soak.seconds", 90);
  private static final int SAMPLES = 30;
  private static final int CAPACITY_SECONDS = 20;
  private static final double SHARE = 0.7;
  private static final double GROWTH = 1.15;
  private static final int SLACK = 24;
  private static final TableName NAME = new TableName("soak", "rows");
  private static final List<String> PARTS =
      List.of("bookie-1", "compactor-1", "gateway-1", "zookeeper");

  @RegisterExtension
  private final TestCluster cluster =
      TestCluster.of(1, 1)
          .fullyCompiled()
          .with(
              "gateway.retain-every=1s",
              "bookie.collect-every=5s",
              "compactor.schedule-every=1s",
              "compactor.commit-every=1s");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong seen = new AtomicLong();
  private volatile boolean over;

  @AfterEach
  void endAll() throws InterruptedException {
    over = true;
    threads.shutdownNow();
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void neitherMemoryNorMetadataGrowWithTheRowsThatWentThrough() throws Exception {
    try (SluiceClient client = SluiceClient.connect(cluster.endpoint(1))) {
      createTable(client);
      Future<Long> followed = threads.submit(() -> follow(client));
      List<Sample> samples = new ArrayList<>();
      long appended;
      try (SoakWriter writer = new SoakWriter(client, NAME, 0)) {
        double capacity = capacity(writer);
        System.out.printf("soak: capacity %.0f rows/s%n", capacity);
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(SECONDS);
        Future<?> load =
            threads.submit(
                () -> {
                  writer.appendUntil(end, capacity * SHARE);
                  return null;
                });
        for (int i = 1; i < SAMPLES && !load.isDone(); i++) {
          awaitTime(begin + (end - begin) / SAMPLES * i, load);
          samples.add(sample(begin, writer.acknowledged()));
        }
        load.get(1, TimeUnit.MINUTES);
        appended = writer.acknowledged();
      }
      print(samples);
      check(samples);
      assertThat(client.watermarks(NAME).get(0).watermark()).isEqualTo(appended);
      awaitFollower(followed, appended);
      assertThat(client.flush(NAME, Duration.ofMinutes(5)).inLake()).isTrue();
    }
  }

  private static void createTable(SluiceClient client) throws Exception {
    client.createDatabase(NAME.database(), true);
    Map<String, String> options =
        Map.of("segment.max-age", "5s", "segment.bytes", "64MiB", "log.retention", "5s");
    client.createTable(new TableSpec(NAME, SoakWriter.COLUMNS, options, "", false));
  }

  /** Returns the rows that are taken in a second, once what takes them is compiled. */
  private static double capacity(SoakWriter writer) throws Exception {
    writer.appendUntil(
        System.nanoTime() + TimeUnit.SECONDS.toNanos(CAPACITY_SECONDS), Double.MAX_VALUE);
    long before = writer.acknowledged();
    long begin = System.nanoTime();
    writer.appendUntil(begin + TimeUnit.SECONDS.toNanos(CAPACITY_SECONDS), Double.MAX_VALUE);
    return (writer.acknowledged() - before) / ((System.nanoTime() - begin) / 1e9);
  }

  private long follow(SluiceClient client) throws Exception {
    ReadSpec spec = ReadSpec.follow(NAME, 0, new ReadSpec.From.Offset(0));
    try (BucketReader reader = client.read(spec)) {
      while (!over) {
        Optional<ReadBatch> batch = reader.poll(Duration.ofMillis(200));
        if (batch.isPresent()) {
          try (ReadBatch rows = batch.get()) {
            assertThat(rows.offset()).isEqualTo(seen.get());
            seen.addAndGet(rows.rowCount());
          }
        }
      }
    }
    return seen.get();
  }

  private void awaitFollower(Future<Long> followed, long rows) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (seen.get() < rows && !followed.isDone() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    over = true;
    assertThat(followed.get(1, TimeUnit.MINUTES)).as("rows that the follower saw").isEqualTo(rows);
  }

  private static void awaitTime(long nanoTime, Future<?> load) throws Exception {
    while (System.nanoTime() < nanoTime) {
      if (load.isDone()) {
        load.get();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private Sample sample(long begin, long rows) throws Exception {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    return new Sample(
        seconds,
        rows,
        Sample.heaps(cluster, PARTS),
        Sample.resident(cluster, PARTS),
        nodes(),
        ledgers());
  }

  private int nodes() throws Exception {
    CompletableFuture<Boolean> connected = new CompletableFuture<>();
    ZooKeeper zooKeeper =
        new ZooKeeper(cluster.zooKeeper(), 10_000, event -> connected.complete(true));
    try {
      connected.get(30, TimeUnit.SECONDS);
      return zooKeeper.getAllChildrenNumber("/");
    } finally {
      zooKeeper.close();
    }
  }

  private int ledgers() throws Exception {
    String uri = BookKeeperSettings.uriOf(cluster.zooKeeper());
    try (BookKeeperSegmentStore store =
        BookKeeperSegmentStore.connect(BookKeeperSettings.of(uri))) {
      return store.list().get(30, TimeUnit.SECONDS).size();
    }
  }

  private static void check(List<Sample> samples) {
    assertThat(samples).as("samples: give it more time").hasSizeGreaterThan(SAMPLES / 3);
    for (String part : PARTS) {
      flat("heap of " + part, samples, sample -> sample.heapMiB().get(part));
      flat("memory of " + part, samples, sample -> sample.residentMiB().get(part));
    }
    flat("nodes", samples, Sample::nodes);
    flat("ledgers", samples, Sample::ledgers);
  }

  private static void flat(String what, List<Sample> samples, ToIntFunction<Sample> value) {
    int third = samples.size() / 3;
    double before = mean(samples.subList(third, 2 * third), value);
    double after = mean(samples.subList(2 * third, samples.size()), value);
    assertThat(after).as(what).isLessThan(before * GROWTH + SLACK);
  }

  private static double mean(List<Sample> samples, ToIntFunction<Sample> value) {
    return samples.stream().mapToInt(value).average().orElseThrow();
  }

  private static void print(List<Sample> samples) {
    System.out.println(
        "| s | rows | " + columns("heap") + columns("resident") + "nodes | ledgers |");
    System.out.println("| --- ".repeat(4 + 2 * PARTS.size()) + "|");
    for (Sample sample : samples) {
      System.out.printf(
          "| %d | %d | %s%s%d | %d |%n",
          sample.seconds(),
          sample.rows(),
          cells(sample.heapMiB()),
          cells(sample.residentMiB()),
          sample.nodes(),
          sample.ledgers());
    }
  }

  private static String columns(String what) {
    StringBuilder text = new StringBuilder();
    PARTS.forEach(part -> text.append(part).append(' ').append(what).append(", MiB | "));
    return text.toString();
  }

  private static String cells(Map<String, Integer> values) {
    StringBuilder text = new StringBuilder();
    PARTS.forEach(part -> text.append(values.get(part)).append(" | "));
    return text.toString();
  }
}
