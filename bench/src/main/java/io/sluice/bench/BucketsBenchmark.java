package io.sluice.bench;

import io.sluice.bench.measure.Latencies;
import io.sluice.bench.measure.Pace;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SerializableFunction;

/** How many buckets can one gateway have open, and how fast are those that get rows? */
final class BucketsBenchmark {

  private static final String DATABASE = "buckets";
  private static final int TABLES = 10;
  private static final int BUCKETS = 1_000;
  private static final int ROWS_A_BATCH = 10;
  private static final int[] ROWS_A_SECOND = {1_000, 2_500, 5_000, 10_000};
  private static final int WARM_UP_RATE = 4_000;
  private static final double WARM_UP_SECONDS = 60;

  /** About what a row of its own takes in the log. */
  private static final int ENTRY_BYTES = 700;

  private final Bench bench;

  BucketsBenchmark(Bench bench) {
    this.bench = bench;
  }

  MarkdownTable run() throws Exception {
    MarkdownTable table =
        new MarkdownTable(
            "Many buckets of one gateway",
            "rows/s to " + BUCKETS + " buckets",
            "round",
            "append to ack, ms: p50 / p99 / p99.9 / max",
            "BookKeeper alone, as many ledgers, ms",
            "server, cores",
            "server, MiB");
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      client.createDatabase(DATABASE, true);
      List<TableDescription> tables = new ArrayList<>();
      double seconds = open(client, tables);
      try (TableWriter writer = client.writer(tables.get(0), settings())) {
        measure(client, writer, WARM_UP_RATE, WARM_UP_SECONDS);
        for (int round = 1; round <= bench.rounds(); round++) {
          for (int rate : ROWS_A_SECOND) {
            Latencies raw =
                bench
                    .raw()
                    .addsToMany(BUCKETS, ENTRY_BYTES, rate, ROWS_A_BATCH, 2 * bench.seconds());
            double cpu = bench.server().cpuSeconds();
            long start = System.nanoTime();
            Latencies acks = measure(client, writer, rate, 2 * bench.seconds());
            double cores =
                (bench.server().cpuSeconds() - cpu) / ((System.nanoTime() - start) / 1e9);
            table.line(
                Integer.toString(rate),
                Integer.toString(round),
                acks.text(),
                raw.text(),
                "%.2f".formatted(cores),
                Long.toString(bench.server().residentBytes() >> 20));
            Bench.say("buckets, " + rate + " rows/s: " + acks.text() + " ms, raw " + raw.text());
          }
        }
      }
      table.note(
          "%d buckets are open, %d of them get rows, one in turn after the other; %d rows are"
                  .formatted(TABLES * BUCKETS, BUCKETS, ROWS_A_BATCH)
              + " handed over at once, each to a bucket of its own, and count as acknowledged once"
              + " all of them are. To open all took %.0f s.".formatted(seconds));
    }
    return table;
  }

  private static WriterSettings settings() {
    return WriterSettings.create().withMaxInFlightBatches(64);
  }

  /** Makes the tables and appends to each of their buckets; returns how long that took. */
  private static double open(SluiceClient client, List<TableDescription> tables) throws Exception {
    for (int i = 0; i < TABLES; i++) {
      Map<String, String> options =
          Map.of(
              "bucket.count",
              Integer.toString(BUCKETS),
              "bucket.key",
              "id",
              "segment.max-age",
              "1d");
      TableName name = new TableName(DATABASE, "t" + i);
      tables.add(client.createTable(new TableSpec(name, Rows.SCHEMA, options, "", false)));
    }
    long start = System.nanoTime();
    long[] ids = ids();
    for (TableDescription table : tables) {
      try (TableWriter writer = client.writer(table, settings());
          VectorSchemaRoot rows =
              rows(table.arrowSchema(), client.allocator(), BUCKETS, row -> ids[(int) row])) {
        writer.append(rows).join();
      }
      Bench.say("buckets: " + table.name() + " is open");
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Appends to the buckets in turn, at a rate. */
  private static Latencies measure(
      SluiceClient client, TableWriter writer, int rowsPerSecond, double seconds) throws Exception {
    long[] ids = ids();
    Latencies acks = new Latencies();
    Pace pace = new Pace(System.nanoTime(), rowsPerSecond / (double) ROWS_A_BATCH);
    int batches = (int) (seconds * rowsPerSecond / ROWS_A_BATCH);
    for (int batch = 0; batch < batches; batch++) {
      long due = pace.due(batch);
      int first = batch * ROWS_A_BATCH % BUCKETS;
      Pace.await(due);
      try (VectorSchemaRoot rows =
          rows(
              writer.table().arrowSchema(),
              client.allocator(),
              ROWS_A_BATCH,
              row -> ids[first + (int) row])) {
        var unused =
            writer
                .append(rows)
                .thenRun(
                    () -> {
                      long elapsed = System.nanoTime() - due;
                      synchronized (acks) {
                        acks.add(elapsed);
                      }
                    });
      }
    }
    writer.flush();
    return acks;
  }

  private static VectorSchemaRoot rows(
      Schema schema, BufferAllocator allocator, int count, LongFunction<Long> id) {
    VectorSchemaRoot rows = Rows.of(schema, allocator, 0, count);
    BigIntVector ids = (BigIntVector) rows.getVector("id");
    for (int row = 0; row < count; row++) {
      ids.set(row, id.apply(row));
    }
    return rows;
  }

  /** Returns for each bucket a value of the key that belongs there. */
  private static long[] ids() {
    SerializableFunction<Long, Integer> bucketOf =
        Transforms.<Long>bucket(BUCKETS).bind(Types.LongType.get());
    long[] ids = new long[BUCKETS];
    Arrays.fill(ids, -1);
    int left = BUCKETS;
    for (long id = 0; left > 0; id++) {
      int bucket = bucketOf.apply(id);
      if (ids[bucket] < 0) {
        ids[bucket] = id;
        left--;
      }
    }
    return ids;
  }
}
