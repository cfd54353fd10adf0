package io.sluice.flink.read;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;

/** Cuts from a range of the log what filters on bucket and offset leave out. */
final class LogPruning {

  private final List<InclusiveMetricsEvaluator> filters = new ArrayList<>();
  private final int bucketId;
  private final int offsetId;

  /**
   * @param schema of the table, with its system columns
   * @param expressions the filters, joined by AND
   */
  LogPruning(Schema schema, List<Expression> expressions) {
    this.bucketId = schema.findField(SystemColumns.BUCKET).fieldId();
    this.offsetId = schema.findField(SystemColumns.OFFSET).fieldId();
    for (Expression expression : expressions) {
      try {
        filters.add(new InclusiveMetricsEvaluator(schema, expression));
      } catch (ValidationException e) {
        // It only prunes: Flink applies every filter itself.
      }
    }
  }

  /** Returns what is left of a bucket's range; empty if no row can be of interest. */
  OffsetRange prune(int bucket, OffsetRange range) {
    if (filters.isEmpty() || range.isEmpty()) {
      return range;
    }
    if (!mayHave(bucket, range.start(), range.end())) {
      return new OffsetRange(range.start(), range.start());
    }
    // The more offsets, the more may be of interest: so both ends can be searched for.
    long end = first(range.start() + 1, range.end(), to -> !mayHave(bucket, to, range.end()));
    long start = first(range.start() + 1, end, from -> mayHave(bucket, range.start(), from)) - 1;
    return new OffsetRange(start, end);
  }

  /** Returns the first number from {@code low} on for which all is true from there on. */
  private static long first(long low, long high, LongPredicate test) {
    long from = low;
    long to = high;
    while (from < to) {
      long middle = from + (to - from) / 2;
      if (test.test(middle)) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  private boolean mayHave(int bucket, long from, long to) {
    DataFile range = asFile(bucket, from, to);
    return filters.stream().allMatch(filter -> filter.eval(range));
  }

  /** Returns a file whose metrics tell of these two columns and nothing of the others. */
  private DataFile asFile(int bucket, long from, long to) {
    long rows = to - from;
    ByteBuffer ofBucket = Conversions.toByteBuffer(IntegerType.get(), bucket);
    Map<Integer, Long> none = Map.of(bucketId, 0L, offsetId, 0L);
    Map<Integer, Long> all = Map.of(bucketId, rows, offsetId, rows);
    Map<Integer, ByteBuffer> lower =
        Map.of(bucketId, ofBucket, offsetId, Conversions.toByteBuffer(LongType.get(), from));
    Map<Integer, ByteBuffer> upper =
        Map.of(bucketId, ofBucket, offsetId, Conversions.toByteBuffer(LongType.get(), to - 1));
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath("log")
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(1)
        .withMetrics(new Metrics(rows, null, all, none, null, lower, upper))
        .build();
  }
}
