package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.TestEndpoint;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limit is a tenth of what a wait for each of the chunks would take. */
@Timeout(60)
class SluiceSplitReaderTest {

  private static final int CHUNKS = 600;
  private static final RangeSplit SPLIT = new RangeSplit(new UUID(1, 2), 0, 0, 5_000, true);
  private static final ScanSpec SPEC =
      ScanSpec.of(TestEndpoint.of("localhost:9470"), new TableName("db", "t"), List.of("n"));

  @Test
  void aChunkOfHistoryWithoutRowsIsFollowedByTheNextAtOnce() throws Exception {
    TestingReaderContext flink = new TestingReaderContext();
    SluiceSplitReader reader =
        new SluiceSplitReader(
            SPEC,
            new SplitProgress(flink),
            new ReaderMetrics(flink.metricGroup()),
            any -> new Gaps());
    reader.handleSplitsChanges(new SplitsAddition<>(List.of(SPLIT)));
    RecordsWithSplitIds<PlacedRow> fetched = reader.fetch();
    for (int i = 0; i < CHUNKS && fetched.finishedSplits().isEmpty(); i++) {
      fetched = reader.fetch();
    }
    assertThat(fetched.nextSplit()).isEqualTo(SPLIT.splitId());
    assertThat(fetched.nextRecordFromSplit()).isNotNull();
    reader.close();
  }

  @Test
  void anAggregateGoesOnAtOnceTooThroughHistoryWithoutRows() throws Exception {
    AtomicInteger more = new AtomicInteger();
    List<Aggregate> count = List.of(Aggregate.countRows());
    try (TotalsCursor totals = new TotalsCursor(new Gaps(), count, more::incrementAndGet)) {
      while (!totals.ended()) {
        assertThat(totals.poll().count()).isEqualTo(totals.ended() ? 1 : 0);
      }
    }
    assertThat(more).hasValue(CHUNKS);
  }

  @Test
  void whatCannotBeClosedKeepsNothingElseOpen() throws Exception {
    TestingReaderContext flink = new TestingReaderContext();
    List<String> closed = new ArrayList<>();
    SluiceSplitReader reader =
        new SluiceSplitReader(
            SPEC,
            new SplitProgress(flink),
            new ReaderMetrics(flink.metricGroup()),
            split -> new Unclosable(split.splitId(), closed));
    List<SluiceSplit> splits = List.of(SPLIT, new RangeSplit(new UUID(1, 2), 1, 0, 5_000, true));
    reader.handleSplitsChanges(new SplitsAddition<>(splits));
    var unused = reader.fetch();
    assertThatThrownBy(reader::close)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("can't close ")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement(InstanceOfAssertFactories.THROWABLE)
                    .hasMessageStartingWith("can't close "));
    assertThat(closed)
        .containsExactlyInAnyOrderElementsOf(splits.stream().map(SluiceSplit::splitId).toList());
  }

  private record Unclosable(String splitId, List<String> closed) implements SplitCursor {

    @Override
    public PolledRows poll() {
      return PolledRows.none(0, false);
    }

    @Override
    public boolean ended() {
      return false;
    }

    @Override
    public void close() throws IOException {
      closed.add(splitId);
      throw new IOException("can't close " + splitId);
    }
  }

  /** Chunks of the lake without rows, and one row behind them. */
  private static final class Gaps implements SplitCursor {

    private int polled;

    @Override
    public String splitId() {
      return SPLIT.splitId();
    }

    @Override
    public PolledRows poll() {
      if (++polled <= CHUNKS) {
        return PolledRows.none(0, true);
      }
      RowData[] rows = {GenericRowData.of(7L)};
      return new PolledRows(rows, 1, new long[] {5_000}, new long[] {50}, 5_000, false);
    }

    @Override
    public boolean ended() {
      return polled > CHUNKS;
    }

    @Override
    public void close() {}
  }
}
