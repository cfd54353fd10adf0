package io.sluice.compactor;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.compactor.write.RangeFrames;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.read.FrameCursor;
import io.sluice.log.read.PlacedFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/**
 * A process that compacts one plan of many partitions and checks what came of it. Nine rows of ten
 * are of one partition, one of a hundred is late by any number of partitions, the others come in
 * their order. Rows are made as they are read, so that the log takes no memory.
 */
final class ManyPartitions implements RangeFrames {

  /** Rows of each partition on average: so many that memory is full more than once. */
  private static final int ROWS_EACH = 900;

  /** Bytes of rows that wait, of each partition: 128 MiB of 4,000. */
  private static final long STAGE_BYTES_EACH = (128L << 20) / 4_000;

  private static final int ENTRY_ROWS = 5_000;
  private static final long WIDTH = 1_000;

  private final CompactorTown town;
  private final Table table;
  private final int partitions;
  private final int rows;

  private ManyPartitions(CompactorTown town, int partitions) throws Exception {
    this.town = town;
    this.partitions = partitions;
    this.rows = partitions * ROWS_EACH;
    this.table = town.table("t", Map.of("lake.partitioning", "truncate(" + WIDTH + ", n)"));
  }

  public static void main(String[] args) throws Exception {
    try (CompactorTown town = new CompactorTown(Path.of(args[0]))) {
      ManyPartitions many = new ManyPartitions(town, Integer.parseInt(args[1]));
      many.compact();
      many.check();
    }
  }

  private void compact() throws Exception {
    MemoryLog.seal(town.records, table, 0, new MemoryLog.Sealed(1, rows, 100L * rows));
    PlanLimits onePlan = new PlanLimits(1L << 40, 1L << 40, 0, 1, 1);
    long stageBytes = STAGE_BYTES_EACH * partitions;
    // Two threads share it, and each lets rows wait in a third.
    try (BufferAllocator memory = town.allocator.newChildAllocator("plan", 0, 6 * stageBytes)) {
      CompactionReport report =
          town.compactor(town.metadata, "w", onePlan, this, memory)
              .compact(table, CompactorTown.FAR);
      require(report.rows() == rows && report.commits() == 1, "it was one plan: " + report);
      long peak = memory.getPeakMemoryAllocation();
      require(
          peak > stageBytes && peak < stageBytes + stageBytes / 4,
          "rows took %d bytes at most, of %d".formatted(peak, stageBytes));
      System.out.printf(
          "%,d rows in %,d files, %,d bytes of rows at most%n",
          report.rows(), report.files(), peak);
    }
  }

  private void check() throws Exception {
    Map<Long, Integer> files = new HashMap<>();
    BitSet seen = new BitSet(rows);
    try (CloseableIterable<FileScanTask> tasks = town.iceberg(table).newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        long partition = task.file().partition().get(0, Long.class);
        files.merge(partition, 1, Integer::sum);
        check(task.file(), partition, seen);
      }
    }
    require(seen.cardinality() == rows, seen.cardinality() + " rows of " + rows);
    require(files.size() == partitions, files.size() + " partitions of " + partitions);
    // The one that most rows are of has some each time that memory is full.
    int most = files.getOrDefault(0L, 0);
    require(most > 1 && most < 5, "the big partition has " + most + " files");
    require(
        files.values().stream().allMatch(count -> count <= most),
        "a partition has more than the big one's " + most + " files: " + files);
  }

  private void check(DataFile file, long partition, BitSet seen) throws Exception {
    Schema schema = town.iceberg(table).schema();
    long last = -1;
    try (CloseableIterable<Record> found =
        Parquet.read(town.iceberg(table).io().newInputFile(file.location()))
            .project(schema)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
            .build()) {
      for (Record row : found) {
        long offset = (Long) row.getField(SystemColumns.OFFSET);
        require(offset > last && !seen.get((int) offset), offset + " came after " + last);
        last = offset;
        seen.set((int) offset);
        Object n = row.getField("n");
        require(
            n.equals(n(offset)) && (Long) n / WIDTH * WIDTH == partition,
            "row " + offset + " has " + n + " in partition " + partition);
        require(row.getField("text").equals(text(offset)), "row " + offset + " is another");
      }
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }

  private long n(long offset) {
    long random = mixed(offset);
    long chance = Long.remainderUnsigned(random, 100);
    long partition = 0;
    if (chance == 99) {
      partition = 1 + Long.remainderUnsigned(mixed(random), partitions - 1);
    } else if (chance >= 90) {
      partition = 1 + offset * (partitions - 1) / rows;
    }
    return partition * WIDTH + (random >>> 40) % WIDTH;
  }

  private static String text(long offset) {
    StringBuilder text = new StringBuilder();
    for (long word = mixed(~offset); text.length() < 70; word = mixed(word)) {
      text.append(Long.toHexString(word));
    }
    return text.toString();
  }

  /** Returns a number that looks drawn by chance, always the same of a number. */
  private static long mixed(long number) {
    long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  @Override
  public FrameCursor open(BucketState state, long from, long to) {
    return new FrameCursor() {
      private long position = from;

      @Override
      public CompletableFuture<List<PlacedFrame>> next(int maxBytes) {
        List<PlacedFrame> frames = position < to ? entry(position) : List.of();
        position += frames.stream().mapToLong(frame -> frame.frame().header().rows()).sum();
        return CompletableFuture.completedFuture(frames);
      }

      @Override
      public long position() {
        return position;
      }

      @Override
      public void close() {}
    };
  }

  private List<PlacedFrame> entry(long from) {
    List<Record> batch = new ArrayList<>();
    for (long offset = from; offset < Math.min(rows, from + ENTRY_ROWS); offset++) {
      Record row = GenericRecord.create(table.rowSchema());
      row.setField("n", n(offset));
      row.setField("text", text(offset));
      batch.add(row);
    }
    try {
      ByteBuf entry = MemoryLog.entry(town.allocator, table, batch, from);
      List<PlacedFrame> frames = new ArrayList<>();
      long offset = from;
      for (Frame frame : DataEntry.frames(entry)) {
        frames.add(new PlacedFrame(offset, frame.header().timeMicros(), frame));
        offset += frame.header().rows();
      }
      entry.release();
      return frames;
    } catch (Exception e) {
      throw new IllegalStateException("rows from " + from, e);
    }
  }
}
