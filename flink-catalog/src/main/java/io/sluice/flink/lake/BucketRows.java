package io.sluice.flink.lake;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.flink.lake.LakeHistory.OffsetRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** The rows of one bucket in a file, in whatever order the file has them. */
final class BucketRows implements AutoCloseable {

  /**
   * What is wanted of a bucket.
   *
   * @param columns those wanted of each row
   * @param filters what row groups and whole files may be left out by
   * @param planned the table's columns when the query began, which those names are of
   * @param withTimes whether to say when each row was appended
   */
  record Wanted(
      int bucket,
      List<String> columns,
      List<Expression> filters,
      Schema planned,
      boolean withTimes) {

    Wanted {
      columns = List.copyOf(columns);
      filters = List.copyOf(filters);
    }

    /** Returns the same rows, or more of them, without columns. */
    Wanted offsetsAlone() {
      return new Wanted(bucket, List.of(), List.of(), planned, false);
    }

    /** Returns the same rows, without columns. */
    Wanted withoutColumns() {
      return new Wanted(bucket, List.of(), filters, planned, false);
    }

    Expression within(OffsetRange range) {
      return Expressions.and(
          Expressions.equal(SystemColumns.BUCKET, bucket),
          Expressions.greaterThanOrEqual(SystemColumns.OFFSET, range.start()),
          Expressions.lessThan(SystemColumns.OFFSET, range.end()));
    }
  }

  private final CloseableIterator<RowData> rows;
  private final LakeRow row;
  private final int bucketAt;
  private final int offsetAt;
  private final int timeAt;
  private final int bucket;
  private final OffsetRange range;

  /** Opens a file for those rows that are in a range. */
  BucketRows(Table table, FileScanTask task, Wanted wanted, OffsetRange range) throws IOException {
    List<String> names = new ArrayList<>(wanted.columns());
    addIfMissing(names, SystemColumns.BUCKET);
    addIfMissing(names, SystemColumns.OFFSET);
    if (wanted.withTimes()) {
      addIfMissing(names, SystemColumns.TIMESTAMP);
    }
    Schema projection = LakeColumns.project(table, wanted.planned(), names);
    List<Expression> pruning = new ArrayList<>(wanted.filters());
    pruning.add(wanted.within(range));
    List<String> read = projection.columns().stream().map(NestedField::name).toList();
    this.bucketAt = read.indexOf(SystemColumns.BUCKET);
    this.offsetAt = read.indexOf(SystemColumns.OFFSET);
    this.timeAt = read.indexOf(SystemColumns.TIMESTAMP);
    this.row = new LakeRow(projection, wanted.columns());
    this.bucket = wanted.bucket();
    this.range = range;
    this.rows = new LakeFileReader(table, projection, pruning).read(task).iterator();
  }

  private static void addIfMissing(List<String> names, String name) {
    if (!names.contains(name)) {
      names.add(name);
    }
  }

  /** Returns the next row; null at the end. */
  @Nullable OffsetRow next() {
    while (rows.hasNext()) {
      RowData read = rows.next();
      boolean ours =
          !read.isNullAt(bucketAt)
              && !read.isNullAt(offsetAt)
              && read.getInt(bucketAt) == bucket
              && range.contains(read.getLong(offsetAt));
      if (ours) {
        return new OffsetRow(read.getLong(offsetAt), micros(read), row.of(read));
      }
    }
    return null;
  }

  private long micros(RowData read) {
    if (timeAt < 0 || read.isNullAt(timeAt)) {
      return Long.MIN_VALUE;
    }
    TimestampData time = read.getTimestamp(timeAt, 6);
    return time.getMillisecond() * 1_000 + time.getNanoOfMillisecond() / 1_000;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
