package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.TestEndpoint;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.source.ScanTableSource.ScanRuntimeProvider;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown.Result;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.apache.iceberg.expressions.Expression;
import org.junit.jupiter.api.Test;

class SluiceTableSourceTest {

  private static final DataType TYPE = DataTypes.ROW(DataTypes.FIELD("n", DataTypes.BIGINT()));
  private static final List<ResolvedExpression> BELOW_FIVE =
      List.of(
          CallExpression.permanent(
              BuiltInFunctionDefinitions.LESS_THAN,
              List.of(
                  new FieldReferenceExpression("n", DataTypes.BIGINT(), 0, 0),
                  new ValueLiteralExpression(5L, DataTypes.BIGINT().notNull())),
              DataTypes.BOOLEAN()));

  @Test
  void aFilterLeavesOutWhatCannotPassIt() {
    SluiceTableSource source = source(false);
    assertThat(source.applyFilters(BELOW_FIVE).getAcceptedFilters()).isEqualTo(BELOW_FIVE);
    assertThat(filters(source)).hasSize(1);
  }

  @Test
  void whatAFilterLeavesOutDoesNotWithholdWatermarks() {
    SluiceTableSource filterLast = source(false);
    filterLast.applyWatermark(WatermarkStrategy.forMonotonousTimestamps());
    filterLast = (SluiceTableSource) filterLast.copy();
    Result result = filterLast.applyFilters(BELOW_FIVE);
    assertThat(result.getAcceptedFilters()).as("shown by EXPLAIN").isEmpty();
    assertThat(result.getRemainingFilters()).isEqualTo(BELOW_FIVE);
    assertThat(filters(filterLast)).isEmpty();

    SluiceTableSource filterFirst = source(false);
    result = filterFirst.applyFilters(BELOW_FIVE);
    assertThat(result.getRemainingFilters()).isEqualTo(BELOW_FIVE);
    filterFirst = (SluiceTableSource) filterFirst.copy();
    filterFirst.applyWatermark(WatermarkStrategy.forMonotonousTimestamps());
    assertThat(filters((SluiceTableSource) filterFirst.copy())).isEmpty();

    SluiceTableSource appendTimes = source(false);
    appendTimes.applySourceWatermark();
    assertThat(appendTimes.applyFilters(BELOW_FIVE).getAcceptedFilters()).isEmpty();
    assertThat(filters(appendTimes)).isEmpty();
  }

  @Test
  void aBatchQueryIsFilteredWhateverItsWatermarks() {
    SluiceTableSource source = source(true);
    source.applyWatermark(WatermarkStrategy.forMonotonousTimestamps());
    assertThat(source.applyFilters(BELOW_FIVE).getAcceptedFilters()).isEqualTo(BELOW_FIVE);
    assertThat(filters(source)).hasSize(1);
  }

  private static SluiceTableSource source(boolean bounded) {
    ScanSpec spec =
        ScanSpec.of(TestEndpoint.of("localhost:9470"), new TableName("db", "t"), List.of("n"));
    return new SluiceTableSource(spec, TYPE, bounded);
  }

  /** Returns what leaves out files and batches that are read. */
  private static List<Expression> filters(SluiceTableSource source) {
    ScanRuntimeProvider provider =
        source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE);
    SluiceSource read =
        provider instanceof WatermarkedScan watermarked
            ? watermarked.source()
            : (SluiceSource) ((SourceProvider) provider).createSource();
    return read.spec().filters();
  }
}
