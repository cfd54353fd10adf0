package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

class FetchedRowsTest {

  private static final RangeSplit SPLIT =
      new RangeSplit(new UUID(1, 2), 3, 5, Long.MAX_VALUE, true);

  private final List<Object> events = new ArrayList<>();
  private final SplitProgress progress =
      new SplitProgress(
          (SourceReaderContext)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {SourceReaderContext.class},
                  (proxy, method, args) -> {
                    events.add(args[0]);
                    return null;
                  }));

  @Test
  void rowsComeInOrderWithTheirPlaces() {
    RowData[] rows = {GenericRowData.of(1), GenericRowData.of(2), GenericRowData.of(0)};
    PolledRows polled = new PolledRows(rows, 2, new long[] {6, 9}, new long[] {50, 60}, 12, false);
    FetchedRows fetched = FetchedRows.of(SPLIT.splitId(), polled, false, progress);
    assertThat(fetched.nextSplit()).isEqualTo("bucket-3");
    List<Object> seen = new ArrayList<>();
    for (PlacedRow row = fetched.nextRecordFromSplit();
        row != null;
        row = fetched.nextRecordFromSplit()) {
      seen.add(List.of(row.row().getInt(0), row.nextPosition(), row.timeMillis()));
    }
    assertThat(seen).containsExactly(List.of(1, 6L, 50L), List.of(2, 9L, 60L));
    assertThat(fetched.nextSplit()).isNull();
  }

  @Test
  void aCheckpointGoesBeyondTheLastRowOnceAllRowsWereEmitted() {
    RowData[] rows = {GenericRowData.of(1)};
    FetchedRows fetched =
        FetchedRows.of(
            SPLIT.splitId(),
            new PolledRows(rows, 1, new long[] {6}, new long[] {50}, 12, false),
            false,
            progress);
    assertThat(progress.left(SPLIT)).isEqualTo(SPLIT);
    fetched.recycle();
    assertThat(progress.left(SPLIT)).isEqualTo(SPLIT.at(12));
    assertThat(progress.left(SPLIT.at(15))).as("rows that came later").isEqualTo(SPLIT.at(15));
  }

  @Test
  void theEnumeratorHearsOfEachChangeBetweenLakeAndLog() {
    emit(PolledRows.none(5, true), false);
    emit(PolledRows.none(7, true), false);
    emit(PolledRows.none(9, false), false);
    emit(PolledRows.none(11, true), true);
    assertThat(events).containsExactly(new HistoryEvent(3, true), new HistoryEvent(3, false));
    emit(PolledRows.ofTotals(GenericRowData.of(1)), true);
    assertThat(events).hasSize(2);
  }

  private void emit(PolledRows rows, boolean last) {
    FetchedRows.of(SPLIT.splitId(), rows, last, progress).recycle();
  }
}
