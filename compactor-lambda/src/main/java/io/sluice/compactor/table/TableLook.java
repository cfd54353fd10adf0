package io.sluice.compactor.table;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.work.ResultSpec;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;

/**
 * What was seen of a table at one time: first the buckets' records, then the lake's metadata, which
 * is at least as far as the records' lake-offset floors.
 *
 * @param table the table
 * @param lake where to append
 * @param view the lake's metadata
 * @param buckets the records by bucket
 */
public record TableLook(
    Table table, LakeTable lake, LakeView view, SortedMap<Integer, BucketState> buckets) {

  public TableLook {
    buckets = Collections.unmodifiableSortedMap(new TreeMap<>(buckets));
  }

  /** Returns the lake offsets in force. */
  public Progress progress() {
    return view.progress();
  }

  /** Returns the closed, readable segments by bucket. */
  public SortedMap<Integer, List<Segment.Closed>> segments() {
    SortedMap<Integer, List<Segment.Closed>> segments = new TreeMap<>();
    buckets.forEach((bucket, state) -> segments.put(bucket, state.sealedSegments()));
    return segments;
  }

  /** Returns whether ranges of buckets end within what was seen to be sealed. */
  public boolean hasSealed(Map<Integer, OffsetRange> ranges) {
    return ranges.entrySet().stream()
        .allMatch(
            range -> {
              BucketState state = buckets.get(range.getKey());
              return state != null && range.getValue().end() <= state.sealedEndOffset();
            });
  }

  /** Returns the partition specs that files of results can be of. */
  public Set<ResultSpec> specs() {
    return view.metadata().specs().stream().map(ResultSpec::of).collect(Collectors.toSet());
  }

  /**
   * Returns a schema that rows in the log have, without system columns: the lake has it before the
   * table's record, which may have been loaded before rows got it.
   *
   * @throws IllegalArgumentException if neither knows it
   */
  public Schema rowSchema(int id) {
    Schema inLake = view.metadata().schemasById().get(id);
    return inLake == null || table.schemas().containsKey(id)
        ? table.rowSchema(id)
        : SystemColumns.removeFrom(inLake);
  }

  /** Returns how many snapshots the lake has. */
  public int snapshots() {
    return view.metadata().snapshots().size();
  }

  /** Returns when the lake's current snapshot was made; long ago if there is none. */
  public Instant lastCommit() {
    Snapshot current = view.metadata().currentSnapshot();
    return current == null ? Instant.EPOCH : Instant.ofEpochMilli(current.timestampMillis());
  }

  /** Returns whether the lake table has other columns than the table, as it was given. */
  public boolean hasOtherColumns() {
    return !table.hasSchema(view.schema());
  }

  /** Returns how many sealed rows aren't in the lake. */
  public long lagRows() {
    long rows = 0;
    for (Map.Entry<Integer, BucketState> entry : buckets.entrySet()) {
      long end = entry.getValue().sealedEndOffset();
      rows += Math.max(0, end - progress().offset(entry.getKey()));
    }
    return rows;
  }
}
