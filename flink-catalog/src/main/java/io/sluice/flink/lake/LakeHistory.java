package io.sluice.flink.lake;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
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
import org.apache.iceberg.Schema;
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
public final class LakeHistory {

  private static final int REPLANS = 3;

  private final LakeCatalog lake;
  private final int bucket;
  private final List<String> columns;
  private final List<Expression> filters;
  private final int maxRows;
  private OffsetRange wanted;
  private @Nullable Plan plan;

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
    this.lake = lake;
    this.bucket = bucket;
    this.wanted = wanted;
    this.columns = List.copyOf(columns);
    this.filters = List.copyOf(filters);
    this.maxRows = maxRows;
  }

  /** A row and its offset. */
  public record OffsetRow(long offset, RowData row) {}

  /**
   * Returns further rows in the order of their offsets, possibly none when all of a chunk's were
   * deleted; empty at the end.
   */
  public Optional<List<OffsetRow>> next() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Plan current = plan == null ? plan() : plan;
        plan = current;
        Optional<ChunkPlan<FileScanTask>> chunk = ChunkPlan.next(wanted, current.files(), maxRows);
        if (chunk.isEmpty()) {
          return Optional.empty();
        }
        List<OffsetRow> rows = read(current, chunk.get());
        wanted = new OffsetRange(chunk.get().range().end(), wanted.end());
        return Optional.of(rows);
      } catch (UncheckedIOException | org.apache.iceberg.exceptions.NotFoundException e) {
        plan = null;
        if (attempt == REPLANS) {
          throw new IOException(
              "lake files of bucket "
                  + bucket
                  + ", offsets "
                  + wanted
                  + " can't be read: "
                  + e.getMessage(),
              e);
        }
      }
    }
  }

  private Plan plan() throws IOException {
    Table table = lake.load().table();
    if (wanted.isEmpty() || table.currentSnapshot() == null) {
      return new Plan(table, List.of());
    }
    Expression filter =
        Expressions.and(within(wanted), LakeColumns.applicable(filters, table.schema()));
    int offsetId = table.schema().findField(SystemColumns.OFFSET).fieldId();
    List<OffsetFile<FileScanTask>> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .filter(filter)
            .includeColumnStats(List.of(SystemColumns.OFFSET))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        files.add(
            new OffsetFile<>(
                bound(file.lowerBounds(), offsetId, 0),
                bound(file.upperBounds(), offsetId, Long.MAX_VALUE),
                task));
      }
    }
    return new Plan(table, files);
  }

  private Expression within(OffsetRange range) {
    return Expressions.and(
        Expressions.equal(SystemColumns.BUCKET, bucket),
        Expressions.greaterThanOrEqual(SystemColumns.OFFSET, range.start()),
        Expressions.lessThan(SystemColumns.OFFSET, range.end()));
  }

  private static long bound(@Nullable Map<Integer, ByteBuffer> bounds, int fieldId, long unknown) {
    ByteBuffer bound = bounds == null ? null : bounds.get(fieldId);
    return bound == null ? unknown : Conversions.<Long>fromByteBuffer(LongType.get(), bound);
  }

  private List<OffsetRow> read(Plan current, ChunkPlan<FileScanTask> chunk) throws IOException {
    List<String> names = new ArrayList<>(columns);
    addIfMissing(names, SystemColumns.BUCKET);
    addIfMissing(names, SystemColumns.OFFSET);
    Schema projection = LakeColumns.project(current.table(), names);
    int bucketAt = names.indexOf(SystemColumns.BUCKET);
    int offsetAt = names.indexOf(SystemColumns.OFFSET);
    LakeRow row = new LakeRow(projection, columns.size());
    List<Expression> pruning = new ArrayList<>(filters);
    pruning.add(within(chunk.range()));
    Table table = current.table();
    LakeFileReader reader =
        new LakeFileReader(table.io(), table.schema(), table.properties(), projection, pruning);
    List<OffsetRow> rows = new ArrayList<>();
    for (FileScanTask task : chunk.files()) {
      try (CloseableIterable<RowData> file = reader.read(task)) {
        for (RowData read : file) {
          boolean ours =
              !read.isNullAt(bucketAt)
                  && !read.isNullAt(offsetAt)
                  && read.getInt(bucketAt) == bucket
                  && chunk.range().contains(read.getLong(offsetAt));
          if (ours) {
            rows.add(new OffsetRow(read.getLong(offsetAt), row.of(read)));
          }
        }
      }
    }
    rows.sort(Comparator.comparingLong(OffsetRow::offset));
    return rows;
  }

  private static void addIfMissing(List<String> names, String name) {
    if (!names.contains(name)) {
      names.add(name);
    }
  }

  private record Plan(Table table, List<OffsetFile<FileScanTask>> files) {}
}
