package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.TestEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class ExactlyOnceSinkTest {

  private static final RowType ROWS = RowType.of(new BigIntType());
  private static final SinkSpec SPEC =
      SinkSpec.of(
              TestEndpoint.of("gateway:9470"), new TableName("shop", "sales"), ROWS, Duration.ZERO)
          .exactlyOnce(Duration.ofMinutes(5));

  @Test
  void rowsDoNotWaitForCommits() {
    StreamExecutionEnvironment job = new StreamExecutionEnvironment();
    job.enableCheckpointing(1_000);
    job.fromSource(new NumberSequenceSource(0, 1), WatermarkStrategy.noWatermarks(), "numbers")
        .map(number -> (RowData) GenericRowData.of(number))
        .returns(InternalTypeInfo.of(ROWS))
        .sinkTo(new ExactlyOnceSink(SPEC));
    List<String> tasks =
        StreamSupport.stream(job.getStreamGraph().getJobGraph().getVertices().spliterator(), false)
            .map(JobVertex::getName)
            .toList();
    assertThat(tasks).filteredOn(task -> task.contains("Committer")).hasSize(1);
    assertThat(tasks).noneMatch(task -> task.contains("Writer") && task.contains("Committer"));
  }
}
