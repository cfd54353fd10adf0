package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.source.DynamicFilteringInfo;
import org.apache.flink.api.connector.source.DynamicParallelismInference;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How many readers a query has. */
@Timeout(600)
class ParallelismIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final DataType TYPE =
      DataTypes.ROW(DataTypes.FIELD("id", DataTypes.INT())).notNull();

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void aBatchQueryHasAsManyReadersAsSplitsUnlessItIsTold() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
      sql.executeSql("CREATE TABLE t (id INT) WITH ('bucket.count'='4', 'bucket.key'='id')");
      assertThat(inferred(town, 8)).as("of an empty table").isEqualTo(1);
      sql.executeSql("INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)").await();
      int buckets =
          (int)
              client.watermarks(TABLE).stream()
                  .filter(log -> log.watermark() > log.start())
                  .count();
      assertThat(inferred(town, 8)).as("a split for each bucket with rows").isEqualTo(buckets);
      assertThat(inferred(town, 2)).as("at most what Flink allows").isEqualTo(Math.min(2, buckets));
      town.compact(client, TABLE);
      assertThat(inferred(town, 8)).as("small files share a split").isEqualTo(1);

      assertThat(plan(sql, "scan.parallelism'='3")).contains("\"parallelism\" : 3");
      assertThat(plan(sql, "scan.split-size'='1mb")).doesNotContain("\"parallelism\" : 3");
      assertThatThrownBy(() -> plan(sql, "scan.parallelism'='0"))
          .hasStackTraceContaining("scan.parallelism must be at least 1: 0");
      assertThat(Town.rows(sql, "SELECT id FROM t /*+ OPTIONS('scan.parallelism'='3') */"))
          .hasSize(9);
    }
  }

  private static String plan(TableEnvironment sql, String hint) {
    return sql.explainSql(
        "SELECT id FROM t /*+ OPTIONS('" + hint + "') */", ExplainDetail.JSON_EXECUTION_PLAN);
  }

  private static int inferred(Town town, int most) {
    ScanSpec spec =
        ScanSpec.of(new Endpoint(town.endpoint(), Map.of()), TABLE, List.of("id"))
            .withPlanned((RowType) TYPE.getLogicalType());
    SluiceTableSource source = new SluiceTableSource(spec, TYPE, true);
    SourceProvider provider =
        (SourceProvider) source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE);
    return ((DynamicParallelismInference) provider.createSource()).inferParallelism(new Most(most));
  }

  private record Most(int readers) implements DynamicParallelismInference.Context {

    @Override
    public Optional<DynamicFilteringInfo> getDynamicFilteringInfo() {
      return Optional.empty();
    }

    @Override
    public int getParallelismInferenceUpperBound() {
      return readers;
    }

    @Override
    public long getDataVolumePerTask() {
      return 1;
    }
  }
}
