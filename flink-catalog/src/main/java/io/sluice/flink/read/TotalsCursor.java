package io.sluice.flink.read;

import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Totals;
import io.sluice.flink.read.SluiceSplit.TotalsSplit;
import java.io.IOException;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** Makes one row of aggregates of another cursor's rows, or of what metadata told. */
final class TotalsCursor implements SplitCursor {

  private final SplitCursor rows;
  private final Totals totals;
  private final Runnable more;
  private long position = PlacedRow.NO_POSITION;
  private boolean ended;

  /**
   * @param more called when there is more to do at once, though there are no rows yet
   */
  TotalsCursor(SplitCursor rows, List<Aggregate> aggregates, Runnable more) {
    this.rows = rows;
    this.totals = new Totals(aggregates);
    this.more = more;
  }

  /** Returns a cursor with the one row that a split tells. */
  static SplitCursor of(TotalsSplit split, List<Aggregate> aggregates) {
    return new OneRow(split.splitId(), Totals.row(aggregates, split.values()));
  }

  @Override
  public String splitId() {
    return rows.splitId();
  }

  @Override
  public List<PlacedRow> poll() throws IOException {
    List<PlacedRow> polled = rows.poll();
    for (PlacedRow row : polled) {
      totals.add(row.row());
      position = row.nextPosition();
    }
    ended = rows.ended();
    if (ended) {
      return List.of(new PlacedRow(totals.row(), position));
    }
    if (!polled.isEmpty()) {
      more.run();
    }
    return List.of();
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private static final class OneRow implements SplitCursor {

    private final String splitId;
    private @Nullable PlacedRow row;

    OneRow(String splitId, RowData row) {
      this.splitId = splitId;
      this.row = new PlacedRow(row, PlacedRow.NO_POSITION);
    }

    @Override
    public String splitId() {
      return splitId;
    }

    @Override
    public List<PlacedRow> poll() {
      PlacedRow next = row;
      row = null;
      return next == null ? List.of() : List.of(next);
    }

    @Override
    public boolean ended() {
      return row == null;
    }

    @Override
    public void close() {}
  }
}
