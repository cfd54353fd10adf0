package io.sluice.flink.lake;

import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.flink.lake.BucketRows.Wanted;
import io.sluice.flink.lake.ChunkPlan.OffsetFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.LongType;
import org.jspecify.annotations.Nullable;

/**
 * One bucket's rows of a range of offsets, in order, from whatever snapshot is current. If a file
 * goes away while it is read, the rest is planned anew: only offsets are remembered.
 */
public final class LakeHistory implements AutoCloseable {

  private static final int REPLANS = 3;

  /** Loads the lake table as it is now. */
  @FunctionalInterface
  interface Loader {
    Table load() throws IOException;
  }

  private final Loader lake;
  private final HeldFiles held;
  private final Wanted what;
  private final int maxRows;
  private OffsetRange wanted;
  private @Nullable List<OffsetFile<HistoryFile>> plan;

  /**
   * @param columns those wanted of each row
   * @param filters what whole files may be left out by
   * @param maxRows how many rows to hold in memory, at least 1
   */
  public LakeHistory(
      LakeCatalog lake,
      int bucket,
      OffsetRange wanted,
      List<String> columns,
      List<Expression> filters,
      int maxRows) {
    this(
        () -> lake.load().table(),
        lake.held(),
        new Wanted(bucket, columns, filters, lake.planned(), true),
        wanted,
        maxRows);
  }

  LakeHistory(Loader lake, HeldFiles held, Wanted what, OffsetRange wanted, int maxRows) {
    this.lake = lake;
    this.held = held;
    this.what = what;
    this.wanted = wanted;
    this.maxRows = maxRows;
  }

  /**
   * A row and its offset.
   *
   * @param micros when it was appended, in microseconds since 1970; the least of all longs if the
   *     file doesn't say
   */
  public record OffsetRow(long offset, long micros, RowData row) {}

  /**
   * Returns further rows in the order of their offsets, possibly none when all of a chunk's were
   * deleted; empty at the end.
   */
  public Optional<List<OffsetRow>> next() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        List<OffsetFile<HistoryFile>> files = plan == null ? plan() : plan;
        plan = files;
        Optional<ChunkPlan<HistoryFile>> chunk = ChunkPlan.next(wanted, files, maxRows);
        if (chunk.isEmpty()) {
          return Optional.empty();
        }
        OffsetRange range = chunk.get().range();
        List<OffsetRow> rows = new ArrayList<>();
        for (HistoryFile file : chunk.get().files()) {
          file.read(range, rows);
        }
        rows.sort(Comparator.comparingLong(OffsetRow::offset));
        OffsetRange rest = new OffsetRange(range.end(), wanted.end());
        if (rows.isEmpty()) {
          plan = withoutGap(files, range, rest);
        }
        wanted = rest;
        return Optional.of(rows);
      } catch (RuntimeException e) {
        if (!(e instanceof UncheckedIOException) && !GoneFile.isCauseOf(e)) {
          throw e;
        }
        close();
        if (attempt == REPLANS) {
          throw new IOException(
              "lake files of bucket "
                  + what.bucket()
                  + ", offsets "
                  + wanted
                  + " can't be read: "
                  + e.getMessage(),
              e);
        }
      }
    }
  }

  private List<OffsetFile<HistoryFile>> plan() throws IOException {
    Table table = lake.load();
    if (wanted.isEmpty() || table.currentSnapshot() == null) {
      return List.of();
    }
    HistoryFile.Source source = new HistoryFile.Source(table, what, wanted.end(), held);
    Expression filter =
        Expressions.and(
            what.within(wanted), LakeColumns.pruning(table, what.planned(), what.filters()));
    int offsetId = table.schema().findField(SystemColumns.OFFSET).fieldId();
    List<OffsetFile<HistoryFile>> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .filter(filter)
            .includeColumnStats(List.of(SystemColumns.OFFSET))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        long last = bound(file.upperBounds(), offsetId, Long.MAX_VALUE);
        files.add(
            new OffsetFile<>(
                bound(file.lowerBounds(), offsetId, 0), last, new HistoryFile(source, task, last)));
      }
    }
    // Big ones come first to stay open: to open them again costs most.
    files.sort(Comparator.comparingLong(file -> -file.file().length()));
    return files;
  }

  /**
   * Returns files that tell where the offsets go on, after a chunk in which there were none. They
   * may do so very far away, see {@link OffsetGap}, and a file may tell no more of its own than
   * that they are on both sides, or nothing at all.
   *
   * @param empty the chunk's offsets
   * @param rest what is wanted after it
   */
  private static List<OffsetFile<HistoryFile>> withoutGap(
      List<OffsetFile<HistoryFile>> files, OffsetRange empty, OffsetRange rest) throws IOException {
    List<OffsetFile<HistoryFile>> left = new ArrayList<>();
    for (OffsetFile<HistoryFile> file : files) {
      long first = file.mayHold(empty) ? file.file().firstOf(rest) : file.first();
      left.add(new OffsetFile<>(first, file.last(), file.file()));
    }
    return left;
  }

  private static long bound(@Nullable Map<Integer, ByteBuffer> bounds, int fieldId, long unknown) {
    ByteBuffer bound = bounds == null ? null : bounds.get(fieldId);
    return bound == null ? unknown : Conversions.<Long>fromByteBuffer(LongType.get(), bound);
  }

  /** Closes the files that are open. What is asked for next is planned anew. */
  @Override
  public void close() throws IOException {
    List<OffsetFile<HistoryFile>> closing = plan == null ? List.of() : plan;
    plan = null;
    IOException failure = null;
    for (OffsetFile<HistoryFile> file : closing) {
      try {
        file.file().close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
