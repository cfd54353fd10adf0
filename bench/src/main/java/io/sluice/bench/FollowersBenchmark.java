package io.sluice.bench;

import io.grpc.Status;
import io.sluice.bench.measure.Latencies;
import io.sluice.bench.measure.Pace;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.vector.VectorSchemaRoot;

/** How many can follow one bucket, and how long do its batches take to all of them? */
final class FollowersBenchmark {

  private static final int[] FOLLOWERS = {1, 100, 500, 1_000};
  private static final int BATCHES_A_SECOND = 100;
  private static final int ROWS_A_BATCH = 10;
  private static final int WARM_UP_SECONDS = 40;
  private static final long ARRIVAL_SECONDS = 60;

  private final Bench bench;

  FollowersBenchmark(Bench bench) {
    this.bench = bench;
  }

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "Many followers of one bucket",
            "followers",
            "round",
            "batches/s to all of them",
            "append to follower, ms: p50 / p99 / p99.9 / max",
            "server, cores",
            "server, MiB more than with one");
    for (int round = 1; round <= bench.rounds(); round++) {
      long alone = 0;
      for (int followers : FOLLOWERS) {
        Run run = measure(followers);
        alone = followers == 1 ? run.residentBytes() : alone;
        table.line(
            Integer.toString(followers),
            Integer.toString(round),
            Integer.toString(followers * BATCHES_A_SECOND),
            run.latencies().text(),
            "%.2f".formatted(run.cores()),
            Long.toString((run.residentBytes() - alone) >> 20));
        Bench.say("followers " + followers + ": " + run.latencies().text() + " ms");
      }
    }
    table.note(
        BATCHES_A_SECOND
            + " batches of "
            + ROWS_A_BATCH
            + " rows a second, each due at a fixed time, from which all is counted. Followers are"
            + " gRPC calls, 125 on a connection, in the appending JVM, which look at the offset"
            + " alone.");
    return table;
  }

  private record Run(Latencies latencies, double cores, long residentBytes) {}

  private Run measure(int followers) throws Exception {
    int batches = (int) (BATCHES_A_SECOND * 2 * bench.seconds());
    int warmUp = BATCHES_A_SECOND * WARM_UP_SECONDS;
    AtomicLongArray due = new AtomicLongArray(warmUp + batches);
    AtomicLong arrived = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    Latencies latencies = new Latencies();
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      TableDescription table = bench.newTable(client, 1);
      try (TableWriter writer = client.writer(table, WriterSettings.create());
          RawFollowers all =
              new RawFollowers(
                  bench.server().gateway(),
                  table.name(),
                  followers,
                  (follower, offset) -> {
                    int batch = (int) (offset / ROWS_A_BATCH);
                    if (batch >= warmUp) {
                      long elapsed = System.nanoTime() - due.get(batch);
                      synchronized (latencies) {
                        latencies.add(elapsed);
                      }
                    }
                    arrived.incrementAndGet();
                  },
                  status -> requireGoingOn(over, status))) {
        append(client, table, writer, due, 0, warmUp);
        await(arrived, (long) all.count() * warmUp);
        double cpu = bench.server().cpuSeconds();
        long start = System.nanoTime();
        append(client, table, writer, due, warmUp, warmUp + batches);
        await(arrived, (long) all.count() * (warmUp + batches));
        double cores = (bench.server().cpuSeconds() - cpu) / ((System.nanoTime() - start) / 1e9);
        long resident = bench.server().residentBytes();
        over.set(true);
        return new Run(latencies, cores, resident);
      }
    }
  }

  private static void requireGoingOn(AtomicBoolean over, Status status) {
    if (!over.get()) {
      Bench.say("a follower's call has ended: " + status);
    }
  }

  private static void append(
      SluiceClient client,
      TableDescription table,
      TableWriter writer,
      AtomicLongArray due,
      int from,
      int to)
      throws Exception {
    Pace pace = new Pace(System.nanoTime(), BATCHES_A_SECOND);
    for (int batch = from; batch < to; batch++) {
      long at = pace.due(batch - from);
      due.set(batch, at);
      Pace.await(at);
      try (VectorSchemaRoot rows =
          Rows.of(table.arrowSchema(), client.allocator(), batch, ROWS_A_BATCH)) {
        var unused = writer.append(rows);
      }
    }
    writer.flush();
  }

  private static void await(AtomicLong arrived, long all) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ARRIVAL_SECONDS);
    while (arrived.get() < all) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            arrived.get() + " of " + all + " batches came within " + ARRIVAL_SECONDS + " s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
