package io.sluice.bench;

import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.compactor.CompactionReport;
import io.sluice.compactor.write.LakeFileSettings;
import io.sluice.compactor.write.LakeFileWriter;
import io.sluice.compactor.write.LogRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;

/** How much does one core compact, against the Parquet writers alone on rows in memory? */
final class CompactionBenchmark {

  private static final int BATCH_ROWS = 5_000;
  private static final int TEMPLATES = 20;
  private static final double MB = 1e6;

  private final Bench bench;
  private final Worker worker;
  private final Path files;

  CompactionBenchmark(Bench bench, Worker worker, Path files) {
    this.bench = bench;
    this.worker = worker;
    this.files = files;
  }

  /** One run's speed, in MB of Arrow per second of CPU and per second. */
  private record Speed(double perCore, double perSecond) {

    static Speed of(long bytes, Effort effort) {
      return new Speed(bytes / MB / effort.cpuSeconds(), bytes / MB / effort.seconds());
    }
  }

  MarkdownTable run() throws Exception {
    List<Speed> compaction = new ArrayList<>();
    List<Speed> together = new ArrayList<>();
    List<Speed> ours = new ArrayList<>();
    List<Speed> iceberg = new ArrayList<>();
    // One round more, whose figures are dropped: the code is compiled by then.
    for (int round = 0; round <= bench.rounds(); round++) {
      ours.add(writeColumns());
      iceberg.add(writeRecords());
      compaction.add(compact(1));
      together.add(compact(2));
      Bench.say(
          "compaction %.0f, our Parquet writer alone %.0f, Iceberg's %.0f MB per cpu-second"
              .formatted(
                  compaction.get(round).perCore(),
                  ours.get(round).perCore(),
                  iceberg.get(round).perCore()));
    }
    MarkdownTable table =
        new MarkdownTable("Compaction", "what", "MB per cpu-second", "MB/s", "ratio per core");
    Spread base = Spread.of(ours, Speed::perCore);
    line(table, "Sluice: ledgers to committed lake files", compaction, base);
    line(table, "the same of two tables, by two workers at once", together, base);
    line(table, "Sluice's Parquet writer alone, Arrow in memory to a file", ours, base);
    line(table, "Iceberg's generic Parquet writer alone, records in memory", iceberg, base);
    table.note(
        bench.scanRows()
            + " rows a run and table, a table has one bucket, a worker one thread that writes; MB are of Arrow buffers."
            + " The CPU time is that of the compacting JVM, the ledger client's threads and garbage"
            + " collection included, but not the bookie's, which is in another. Zstandard level "
            + LakeFileSettings.DEFAULT.zstdLevel()
            + " in all three.");
    return table;
  }

  private static void line(MarkdownTable table, String what, List<Speed> speeds, Spread base) {
    Spread perCore = Spread.of(speeds, Speed::perCore);
    Spread perSecond = Spread.of(speeds, Speed::perSecond);
    table.line(what, perCore.text(), perSecond.text(), perCore.ratioTo(base));
  }

  /** Has as many workers compact a table each, at the same time. */
  private Speed compact(int workers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      List<TableDescription> tables = new ArrayList<>();
      long bytes = 0;
      for (int i = 0; i < workers; i++) {
        tables.add(bench.newTable(client, 1));
        bytes += worker.fill(client, tables.get(i), bench.scanRows());
      }
      Effort effort = Effort.of(() -> compact(tables, threads));
      return Speed.of(bytes, effort);
    } finally {
      threads.shutdownNow();
    }
  }

  private void compact(List<TableDescription> tables, ExecutorService threads) throws Exception {
    List<Future<CompactionReport>> running = new ArrayList<>();
    for (TableDescription table : tables) {
      running.add(threads.submit(() -> worker.compact(table.name())));
    }
    for (Future<CompactionReport> one : running) {
      CompactionReport report = one.get();
      if (report.rows() != bench.scanRows()) {
        throw new IllegalStateException("compacted otherwise than expected: " + report);
      }
    }
  }

  private Speed writeColumns() throws Exception {
    try (RootAllocator allocator = new RootAllocator()) {
      List<VectorSchemaRoot> batches = batches(allocator);
      long[] bytes = new long[1];
      Effort effort = Effort.of(() -> bytes[0] = writeColumns(batches));
      batches.forEach(VectorSchemaRoot::close);
      return Speed.of(bytes[0], effort);
    }
  }

  private long writeColumns(List<VectorSchemaRoot> batches) throws Exception {
    long bytes = 0;
    try (LocalFileIO io = new LocalFileIO();
        LakeFileWriter writer =
            new LakeFileWriter(
                io.newOutputFile(newFile("sluice-")),
                Rows.SCHEMA,
                Map.of(),
                LakeFileSettings.DEFAULT)) {
      for (long rows = 0; rows < bench.scanRows(); rows += BATCH_ROWS) {
        VectorSchemaRoot batch = batches.get((int) (rows / BATCH_ROWS % TEMPLATES));
        writer.write(
            new LogRows(Rows.SCHEMA, batch.getFieldVectors(), BATCH_ROWS, 0, rows, 0),
            0,
            BATCH_ROWS);
        bytes += Rows.bytes(batch);
      }
      writer.finish();
    }
    return bytes;
  }

  private Speed writeRecords() throws Exception {
    try (RootAllocator allocator = new RootAllocator()) {
      List<VectorSchemaRoot> batches = batches(allocator);
      List<Record> records = new ArrayList<>();
      long bytes = 0;
      for (VectorSchemaRoot batch : batches) {
        records.addAll(Records.of(batch));
        bytes += Rows.bytes(batch);
      }
      batches.forEach(VectorSchemaRoot::close);
      double bytesPerRow = (double) bytes / records.size();
      Effort effort = Effort.of(() -> writeRecords(records));
      return Speed.of((long) (bytesPerRow * bench.scanRows()), effort);
    }
  }

  private void writeRecords(List<Record> records) throws Exception {
    try (LocalFileIO io = new LocalFileIO();
        FileAppender<Record> writer =
            Parquet.write(io.newOutputFile(newFile("iceberg-")))
                .schema(Rows.SCHEMA)
                .createWriterFunc(GenericParquetWriter::create)
                .set("write.parquet.compression-codec", "zstd")
                .set(
                    "write.parquet.compression-level",
                    Integer.toString(LakeFileSettings.DEFAULT.zstdLevel()))
                .build()) {
      for (int row = 0; row < bench.scanRows(); row++) {
        writer.add(records.get(row % records.size()));
      }
    }
  }

  private static List<VectorSchemaRoot> batches(RootAllocator allocator) {
    List<VectorSchemaRoot> batches = new ArrayList<>();
    for (int i = 0; i < TEMPLATES; i++) {
      batches.add(
          Rows.of(ArrowSchemas.of(Rows.SCHEMA), allocator, (long) i * BATCH_ROWS, BATCH_ROWS));
    }
    return batches;
  }

  private String newFile(String prefix) {
    return files
        .resolve(prefix + UUID.randomUUID() + ".parquet")
        .toUri()
        .toString()
        .replace("file:///", "file:/");
  }
}
