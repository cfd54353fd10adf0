package io.sluice.bench;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * How fast do rows go in over Arrow Flight, against BookKeeper's client with the same entries, and
 * against both ways one after the other: into a gateway that keeps nothing, and into BookKeeper?
 */
final class IngestBenchmark {

  private static final int[] ROWS_PER_BATCH = {1_000, 5_000};
  private static final int[] CONNECTIONS = {1, 4};
  private static final int IN_FLIGHT = 16;
  private static final int TEMPLATES = 8;
  private static final int MAX_ENTRY_BYTES = 1 << 20;
  private static final double MB = 1e6;
  private static final double COMPILE_SECONDS = 60;

  private final Bench bench;
  private final ServerProcess discarding;

  IngestBenchmark(Bench bench, ServerProcess discarding) {
    this.bench = bench;
    this.discarding = discarding;
  }

  /** What one run's acknowledged rows or entries took. */
  private record Run(long rows, long bytes, Effort effort) {

    double rowsPerSecond() {
      return rows / effort.seconds();
    }

    double mbPerSecond() {
      return bytes / MB / effort.seconds();
    }

    double mbPerCpuSecond() {
      return bytes / MB / effort.cpuSeconds();
    }
  }

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "Ingest over Arrow Flight",
            "rows a batch",
            "connections",
            "Sluice, rows/s",
            "Sluice, MB/s",
            "BookKeeper alone, same entries, MB/s",
            "ratio",
            "into a log that discards, MB/s",
            "Sluice to both one after the other",
            "Sluice, MB per cpu-second",
            "BookKeeper alone, MB per cpu-second",
            "ratio");
    compile();
    for (int rows : ROWS_PER_BATCH) {
      for (int connections : CONNECTIONS) {
        compare(table, rows, connections);
      }
    }
    table.note(
        "A connection has "
            + IN_FLIGHT
            + " batches in flight, and a bucket of its own; BookKeeper alone has as many entries in"
            + " flight on as many ledgers. MB are of Arrow buffers, as sent. An entry is what one"
            + " batch becomes in the log. Both one after the other is 1 / (1/a + 1/b) of a log that"
            + " discards and BookKeeper alone. The CPU time is that of all processes: the measuring"
            + " client's, and the server's with gateway, bookie and ZooKeeper.");
    return table;
  }

  /** Lets the code be compiled, which takes a minute and both cores. */
  private void compile() throws Exception {
    Bench.say("ingest: compiling");
    long end = System.nanoTime() + (long) (COMPILE_SECONDS * 1e9);
    while (System.nanoTime() < end) {
      Run unused = ingest(bench.server(), ROWS_PER_BATCH[0], CONNECTIONS[0]);
      unused = ingest(discarding, ROWS_PER_BATCH[0], CONNECTIONS[0]);
    }
  }

  private void compare(MarkdownTable table, int rows, int connections) throws Exception {
    int entryBytes = entryBytes(rows);
    List<Run> sluice = new ArrayList<>();
    List<Run> raw = new ArrayList<>();
    List<Run> discarded = new ArrayList<>();
    // One round more, whose figures are dropped: the code is compiled by then.
    for (int round = 0; round <= bench.rounds(); round++) {
      raw.add(addRaw(connections, entryBytes));
      sluice.add(ingest(bench.server(), rows, connections));
      discarded.add(ingest(discarding, rows, connections));
      Bench.say(
          "ingest %d rows x %d: Sluice %.0f MB/s, BookKeeper alone %.0f, discarding %.0f"
              .formatted(
                  rows,
                  connections,
                  sluice.get(round).mbPerSecond(),
                  raw.get(round).mbPerSecond(),
                  discarded.get(round).mbPerSecond()));
    }
    Spread bytes = Spread.of(sluice, Run::mbPerSecond);
    Spread alone = Spread.of(raw, Run::mbPerSecond);
    Spread without = Spread.of(discarded, Run::mbPerSecond);
    double both = 1 / (1 / without.median() + 1 / alone.median());
    Spread perCpu = Spread.of(sluice, Run::mbPerCpuSecond);
    Spread alonePerCpu = Spread.of(raw, Run::mbPerCpuSecond);
    table.line(
        Integer.toString(rows),
        Integer.toString(connections),
        Spread.of(sluice, Run::rowsPerSecond).text(),
        bytes.text(),
        alone.text(),
        bytes.ratioTo(alone),
        without.text(),
        String.format(Locale.ROOT, "%.2f", bytes.median() / both),
        perCpu.text(),
        alonePerCpu.text(),
        perCpu.ratioTo(alonePerCpu));
  }

  private Run addRaw(int ledgers, int entryBytes) throws Exception {
    long[] bytes = new long[1];
    Effort effort =
        Effort.of(
            bench.server(),
            () -> bytes[0] = bench.raw().addFor(ledgers, entryBytes, IN_FLIGHT, bench.seconds()));
    return new Run(0, bytes[0], effort);
  }

  /** Returns the size of the entry that a batch becomes. */
  private static int entryBytes(int count) throws Exception {
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot rows = Rows.of(ArrowSchemas.of(Rows.SCHEMA), allocator, 0, count)) {
      List<FrameRows> frames = new FrameEncoder(MAX_ENTRY_BYTES).encode(rows);
      int bytes = frames.stream().mapToInt(FrameRows::bytes).sum();
      frames.forEach(FrameRows::release);
      return bytes;
    }
  }

  private Run ingest(ServerProcess server, int rows, int connections) throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    try (RootAllocator allocator = new RootAllocator();
        SluiceClient admin = SluiceClient.connect(server.gateway())) {
      TableDescription table = bench.newTable(admin, connections);
      List<VectorSchemaRoot> templates = new ArrayList<>();
      for (int i = 0; i < TEMPLATES; i++) {
        templates.add(Rows.of(table.arrowSchema(), allocator, (long) i * rows, rows));
      }
      long batchBytes = Rows.bytes(templates.get(0));
      Target target = new Target(server, table, templates, allocator);
      warmUp(target);
      Effort effort = Effort.of(server, () -> append(target, acknowledged));
      templates.forEach(VectorSchemaRoot::close);
      return new Run(acknowledged.get(), acknowledged.get() / rows * batchBytes, effort);
    }
  }

  /** Where rows go, and which. */
  private record Target(
      ServerProcess server,
      TableDescription table,
      List<VectorSchemaRoot> templates,
      RootAllocator allocator) {}

  /** Appends to each bucket over a connection of its own, as long as a measurement takes. */
  private void append(Target target, AtomicLong acknowledged) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    long end = System.nanoTime() + (long) (bench.seconds() * 1e9);
    for (int i = 0; i < target.table().bucketCount(); i++) {
      int bucket = i;
      Thread thread = new Thread(() -> appendUntil(target, bucket, end, acknowledged, failure));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("an append failed", failure.get());
    }
  }

  /** Has the buckets opened, so that the measurement begins with an open ledger. */
  private static void warmUp(Target target) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long end = System.nanoTime() + 500_000_000L;
    for (int bucket = 0; bucket < target.table().bucketCount(); bucket++) {
      appendUntil(target, bucket, end, new AtomicLong(), failure);
    }
    if (failure.get() != null) {
      throw new IllegalStateException("an append failed", failure.get());
    }
  }

  private static void appendUntil(
      Target target,
      int bucket,
      long end,
      AtomicLong acknowledged,
      AtomicReference<Throwable> failure) {
    WriterSettings settings =
        WriterSettings.create().withBucket(bucket).withMaxInFlightBatches(IN_FLIGHT);
    ClientSettings gateway = ClientSettings.of(target.server().gateway());
    List<VectorSchemaRoot> templates = target.templates();
    try (SluiceClient client = SluiceClient.connect(gateway, target.allocator());
        TableWriter writer = client.writer(target.table(), settings)) {
      int next = 0;
      do {
        VectorSchemaRoot template = templates.get(next++ % templates.size());
        int rows = template.getRowCount();
        try (VectorSchemaRoot batch = template.slice(0, rows)) {
          var unused =
              writer
                  .append(batch)
                  .whenComplete(
                      (where, error) -> {
                        if (error == null) {
                          acknowledged.addAndGet(rows);
                        } else {
                          failure.compareAndSet(null, error);
                        }
                      });
        }
      } while (System.nanoTime() < end && failure.get() == null);
      writer.flush();
    } catch (Exception e) {
      failure.compareAndSet(null, e);
    }
  }
}
