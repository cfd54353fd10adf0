package io.sluice.flink.read;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.jspecify.annotations.Nullable;

/** Rows of one split, and whether they were its last. */
final class FetchedRows implements RecordsWithSplitIds<PlacedRow> {

  private @Nullable String splitId;
  private final Iterator<PlacedRow> rows;
  private final Set<String> finished;

  private FetchedRows(@Nullable String splitId, List<PlacedRow> rows, Set<String> finished) {
    this.splitId = splitId;
    this.rows = rows.iterator();
    this.finished = finished;
  }

  static FetchedRows none() {
    return new FetchedRows(null, List.of(), Set.of());
  }

  static FetchedRows of(String splitId, List<PlacedRow> rows, boolean last) {
    return new FetchedRows(splitId, rows, last ? Set.of(splitId) : Set.of());
  }

  @Override
  public @Nullable String nextSplit() {
    String next = splitId;
    splitId = null;
    return next;
  }

  @Override
  public @Nullable PlacedRow nextRecordFromSplit() {
    return rows.hasNext() ? rows.next() : null;
  }

  @Override
  public Set<String> finishedSplits() {
    return finished;
  }
}
