package io.sluice.bench;

import io.sluice.bench.measure.Latencies;
import io.sluice.bench.measure.Pace;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** How long does a row take from its append to a subscriber, against a lone BookKeeper add? */
final class LatencyBenchmark {

  private static final int[] RATES = {100, 1_000};
  private static final int MAX_ENTRY_BYTES = 1 << 20;
  static final int IN_FLIGHT = 64;
  private static final int WARM_UP_RATE = 800;
  private static final double WARM_UP_SECONDS = 120;

  private final Bench bench;

  LatencyBenchmark(Bench bench) {
    this.bench = bench;
  }

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "From append to subscriber",
            "rows/s",
            "round",
            "Sluice, append to subscriber, ms: p50 / p99 / p99.9 / max",
            "Sluice, append to ack, ms",
            "BookKeeper alone, synchronous add, ms",
            "ratio of p50");
    warmUp();
    for (int rate : RATES) {
      for (int round = 1; round <= bench.rounds(); round++) {
        Latencies raw = bench.raw().addsAtRate(entryBytes(), rate, 2 * bench.seconds());
        Latencies acks = new Latencies();
        Latencies pushed = follow(rate, (int) (rate * 2 * bench.seconds()), acks);
        table.line(
            Integer.toString(rate),
            Integer.toString(round),
            pushed.text(),
            acks.text(),
            raw.text(),
            "%.1f".formatted(pushed.ms(0.5) / raw.ms(0.5)));
        Bench.say("latency at " + rate + "/s: " + pushed.text() + " ms, raw " + raw.text() + " ms");
      }
    }
    table.note(
        "One row a batch. Each row is due at a fixed time, from which all is counted, so that a"
            + " pause counts for every row that it delays. The subscriber follows the bucket over"
            + " Flight in the appending JVM; the gateway and the bookie are in another. BookKeeper"
            + " alone adds an entry of the same size and waits for it.");
    return table;
  }

  /** Lets the code be compiled: that takes both cores some minutes at this rate. */
  private void warmUp() throws Exception {
    Bench.say("latency: compiling, " + WARM_UP_SECONDS + " s and half as many of raw adds");
    var unused = follow(WARM_UP_RATE, (int) (WARM_UP_RATE * WARM_UP_SECONDS), new Latencies());
    unused = bench.raw().addsAtRate(entryBytes(), WARM_UP_RATE, WARM_UP_SECONDS / 2);
  }

  private static int entryBytes() throws Exception {
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot row = Rows.of(ArrowSchemas.of(Rows.SCHEMA), allocator, 0, 1)) {
      List<FrameRows> frames = new FrameEncoder(MAX_ENTRY_BYTES).encode(row);
      int bytes = frames.stream().mapToInt(FrameRows::bytes).sum();
      frames.forEach(FrameRows::release);
      return bytes;
    }
  }

  /** Returns what rows take to a subscriber, and notes what they take until they are acked. */
  Latencies follow(int rate, int count, Latencies acks) throws Exception {
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway());
        SluiceClient subscriber = SluiceClient.connect(bench.server().gateway())) {
      TableDescription table = bench.newTable(client, 1);
      try (BucketReader reader =
              subscriber.read(
                  ReadSpec.follow(table.name(), 0, new ReadSpec.From.Offset(0))
                      .withColumns(List.of("id")));
          TableWriter writer =
              client.writer(table, WriterSettings.create().withMaxInFlightBatches(IN_FLIGHT))) {
        int warmUp = rate / 2;
        CompletableFuture<Latencies> received =
            CompletableFuture.supplyAsync(() -> receive(reader, warmUp, count));
        append(client, table, writer, rate, warmUp, new Latencies());
        append(client, table, writer, rate, count, acks);
        return received.get(120, TimeUnit.SECONDS);
      }
    }
  }

  /** Appends rows, each at its time, which is its id. */
  static void append(
      SluiceClient client,
      TableDescription table,
      TableWriter writer,
      int rate,
      int count,
      Latencies acks)
      throws Exception {
    Schema schema = table.arrowSchema();
    long interval = 1_000_000_000L / rate;
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + i * interval;
      Pace.await(due);
      try (VectorSchemaRoot row = Rows.of(schema, client.allocator(), i, 1)) {
        ((BigIntVector) row.getVector("id")).set(0, due);
        var unused =
            writer
                .append(row)
                .thenRun(
                    () -> {
                      synchronized (acks) {
                        acks.add(System.nanoTime() - due);
                      }
                    });
      }
    }
    writer.flush();
  }

  /** Returns the times of the rows after the first {@code skip}. */
  private static Latencies receive(BucketReader reader, int skip, int count) {
    Latencies latencies = new Latencies();
    int seen = 0;
    try {
      while (seen < skip + count) {
        Optional<ReadBatch> next = reader.poll(Duration.ofSeconds(30));
        long now = System.nanoTime();
        if (next.isEmpty()) {
          throw new IllegalStateException("only " + seen + " rows came to the subscriber");
        }
        try (ReadBatch batch = next.get()) {
          BigIntVector due = (BigIntVector) batch.rows().getVector("id");
          for (int row = 0; row < batch.rowCount(); row++) {
            if (seen++ >= skip) {
              latencies.add(now - due.get(row));
            }
          }
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("the subscriber failed", e);
    }
    return latencies;
  }
}
