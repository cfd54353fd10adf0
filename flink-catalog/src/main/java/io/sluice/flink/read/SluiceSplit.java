package io.sluice.flink.read;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.connector.source.SourceSplit;
import org.jspecify.annotations.Nullable;

/** A part of a table that one reader reads. */
sealed interface SluiceSplit extends SourceSplit {

  /**
   * Returns what is left once all before a place was read.
   *
   * @param next the place: an offset in ranges, a count of rows in lake splits
   */
  SluiceSplit at(long next);

  /**
   * Lake files of one snapshot; for bounded reads only, since files come and go.
   *
   * @param number of this split, from 0
   * @param tasks Iceberg's file scan tasks as text
   * @param rowsRead how many rows were read of them already, in the tasks' order; at least 0
   */
  record LakeSplit(int number, List<String> tasks, long rowsRead) implements SluiceSplit {
    public LakeSplit {
      if (rowsRead < 0) {
        throw new IllegalArgumentException("rows read must be >= 0: " + rowsRead);
      }
      tasks = List.copyOf(tasks);
    }

    /** A split of which nothing was read. */
    LakeSplit(int number, List<String> tasks) {
      this(number, tasks, 0);
    }

    @Override
    public String splitId() {
      return "lake-" + number;
    }

    @Override
    public LakeSplit at(long next) {
      return new LakeSplit(number, tasks, next);
    }
  }

  /**
   * A run of one bucket's offsets, wherever they are when they are read.
   *
   * @param incarnation of the table's log that the offsets are of
   * @param bucket the bucket, from 0
   * @param position the next offset to read
   * @param to one past the last offset, {@link Long#MAX_VALUE} for ever
   * @param lakeFirst whether to take from the lake what is in both
   */
  record RangeSplit(UUID incarnation, int bucket, long position, long to, boolean lakeFirst)
      implements SluiceSplit {

    private static final String PREFIX = "bucket-";

    public RangeSplit {
      if (bucket < 0 || position < 0 || to < 0) {
        throw new IllegalArgumentException(
            "bucket and offsets must be >= 0: bucket "
                + bucket
                + " ["
                + position
                + ", "
                + to
                + ")");
      }
    }

    @Override
    public String splitId() {
      return PREFIX + bucket;
    }

    /** Returns the bucket of the range that has an id. */
    static int bucketOf(String splitId) {
      return Integer.parseInt(splitId.substring(PREFIX.length()));
    }

    @Override
    public RangeSplit at(long next) {
      return new RangeSplit(incarnation, bucket, next, to, lakeFirst);
    }
  }

  /**
   * A row of aggregates that metadata told; for bounded reads only.
   *
   * @param values as {@link io.sluice.flink.pushdown.Totals} writes them
   */
  record TotalsSplit(List<@Nullable String> values) implements SluiceSplit {
    public TotalsSplit {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    @Override
    public String splitId() {
      return "totals";
    }

    @Override
    public TotalsSplit at(long next) {
      throw new UnsupportedOperationException("a row of aggregates is read whole");
    }
  }
}
