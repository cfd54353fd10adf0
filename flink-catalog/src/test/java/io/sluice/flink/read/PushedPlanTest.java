package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import io.sluice.client.TableDescription;
import io.sluice.flink.TestEndpoint;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.LakeTable;
import io.sluice.flink.pushdown.Aggregate;
import io.sluice.flink.pushdown.Pushed;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import io.sluice.flink.read.SluiceSplit.TotalsSplit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class PushedPlanTest {

  private static final UUID INCARNATION = new UUID(0, 1);
  private static final TableName TABLE = new TableName("db", "t");
  private static final ScanSpec COUNT =
      ScanSpec.of(TestEndpoint.of("localhost:9470"), TABLE, List.of())
          .withPushed(Pushed.NOTHING.withAggregates(List.of(Aggregate.countRows())));

  @Test
  void rowsThatAreInTheLogAreCountedUnread() throws Exception {
    assertThat(splits(new BucketWatermark(0, 0, 2_000), new BucketWatermark(1, 0, 0)))
        .containsExactly(new TotalsSplit(List.of("2000")));
  }

  @Test
  void whatLeftTheLogIsSoughtWhereItIsRatherThanTakenToBeThere() throws Exception {
    assertThat(splits(new BucketWatermark(0, 1_000, 2_000), new BucketWatermark(1, 0, 7)))
        .containsExactly(
            new TotalsSplit(List.of("7")), new RangeSplit(INCARNATION, 0, 0, 2_000, false));
  }

  /** Plans a count of a table whose lake is empty. */
  private static List<SluiceSplit> splits(BucketWatermark... logs) throws Exception {
    Schema columns = new Schema(NestedField.optional(1, "n", Types.LongType.get()));
    try (LakeTable lake = new LakeTable(SystemColumns.addTo(columns))) {
      TableDescription table =
          new TableDescription(
              TABLE,
              new UUID(0, 2),
              INCARNATION,
              lake.table().location(),
              lake.table().schema(),
              logs.length,
              List.of(),
              Map.of(),
              "");
      LakeCatalog.View view = LakeCatalog.View.now(lake.table(), Progress.none(INCARNATION));
      List<BucketWatermark> watermarks = List.of(logs);
      return new PushedPlan(
              COUNT,
              table,
              view,
              SplitPlanner.cut(view.snapshotId(), new TreeMap<>(), watermarks),
              watermarks)
          .splits()
          .orElseThrow();
    }
  }
}
