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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** How fast do rows go in over Arrow Flight, against BookKeeper's client with the same entries? */
final class IngestBenchmark {

  private static final int[] ROWS_PER_BATCH = {1_000, 5_000};
  private static final int[] CONNECTIONS = {1, 4};
  private static final int IN_FLIGHT = 16;
  private static final int TEMPLATES = 8;
  private static final int MAX_ENTRY_BYTES = 1 << 20;
  private static final double MB = 1e6;

  private final Bench bench;

  IngestBenchmark(Bench bench) {
    this.bench = bench;
  }

  /** One run's acknowledged rows and bytes of Arrow per second. */
  private record Rate(double rows, double bytes) {}

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "Ingest over Arrow Flight",
            "rows a batch",
            "connections",
            "Sluice, rows/s",
            "Sluice, MB/s",
            "BookKeeper alone, same entries, MB/s",
            "ratio");
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
            + " batch becomes in the log.");
    return table;
  }

  private void compare(MarkdownTable table, int rows, int connections) throws Exception {
    int entryBytes = entryBytes(rows);
    double[] sluiceRows = new double[bench.rounds()];
    double[] sluiceBytes = new double[bench.rounds()];
    double[] raw = new double[bench.rounds()];
    for (int round = 0; round < bench.rounds(); round++) {
      raw[round] =
          bench.raw().bytesPerSecond(connections, entryBytes, IN_FLIGHT, bench.seconds()) / MB;
      Rate rate = ingest(rows, connections);
      sluiceRows[round] = rate.rows();
      sluiceBytes[round] = rate.bytes() / MB;
      Bench.say(
          "ingest %d rows x %d: Sluice %.0f MB/s, BookKeeper alone %.0f MB/s"
              .formatted(rows, connections, sluiceBytes[round], raw[round]));
    }
    Spread bytes = new Spread(sluiceBytes);
    Spread alone = new Spread(raw);
    table.line(
        Integer.toString(rows),
        Integer.toString(connections),
        new Spread(sluiceRows).text(),
        bytes.text(),
        alone.text(),
        bytes.ratioTo(alone));
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

  private Rate ingest(int rows, int connections) throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    long batchBytes;
    try (RootAllocator allocator = new RootAllocator();
        SluiceClient admin = SluiceClient.connect(bench.server().gateway())) {
      TableDescription table = bench.newTable(admin, connections);
      List<VectorSchemaRoot> templates = new ArrayList<>();
      for (int i = 0; i < TEMPLATES; i++) {
        templates.add(Rows.of(table.arrowSchema(), allocator, (long) i * rows, rows));
      }
      batchBytes = Rows.bytes(templates.get(0));
      warmUp(table, templates, allocator);
      long start = System.nanoTime();
      long end = start + (long) (bench.seconds() * 1e9);
      for (int i = 0; i < connections; i++) {
        int bucket = i;
        Thread thread =
            new Thread(
                () -> appendUntil(table, bucket, templates, allocator, end, acknowledged, failure));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      templates.forEach(VectorSchemaRoot::close);
      if (failure.get() != null) {
        throw new IllegalStateException("an append failed", failure.get());
      }
      double perSecond = acknowledged.get() / seconds;
      return new Rate(perSecond, perSecond / rows * batchBytes);
    }
  }

  /** Has the buckets opened, so that the measurement begins with an open ledger. */
  private void warmUp(
      TableDescription table, List<VectorSchemaRoot> templates, RootAllocator allocator)
      throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long end = System.nanoTime() + 500_000_000L;
    int buckets = table.bucketCount();
    for (int bucket = 0; bucket < buckets; bucket++) {
      appendUntil(table, bucket, templates, allocator, end, new AtomicLong(), failure);
    }
    if (failure.get() != null) {
      throw new IllegalStateException("an append failed", failure.get());
    }
  }

  private void appendUntil(
      TableDescription table,
      int bucket,
      List<VectorSchemaRoot> templates,
      RootAllocator allocator,
      long end,
      AtomicLong acknowledged,
      AtomicReference<Throwable> failure) {
    WriterSettings settings =
        WriterSettings.create().withBucket(bucket).withMaxInFlightBatches(IN_FLIGHT);
    try (SluiceClient client =
            SluiceClient.connect(ClientSettings.of(bench.server().gateway()), allocator);
        TableWriter writer = client.writer(table, settings)) {
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
