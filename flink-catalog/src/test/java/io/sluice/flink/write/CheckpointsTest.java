package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.TestEndpoint;
import java.time.Duration;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class CheckpointsTest {

  private static final SinkSpec SPEC =
      SinkSpec.of(
              TestEndpoint.of("gateway:9470"),
              new TableName("shop", "sales"),
              RowType.of(new IntType()),
              Duration.ZERO)
          .exactlyOnce(Duration.ofMinutes(5));

  private final StreamExecutionEnvironment job = new StreamExecutionEnvironment();

  @Test
  void aJobThatDoesNotEndNeedsCheckpoints() {
    assertThatThrownBy(() -> Checkpoints.require(unbounded(), SPEC))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("table shop.sales: exactly-once needs checkpoints")
        .hasMessageContaining("execution.checkpointing.interval");
    job.enableCheckpointing(1_000);
    assertThatCode(() -> Checkpoints.require(unbounded(), SPEC)).doesNotThrowAnyException();
  }

  @Test
  void aJobThatEndsCommitsAtItsEnd() {
    assertThatCode(() -> Checkpoints.require(bounded(), SPEC)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Checkpoints.require(bounded().union(unbounded()), SPEC))
        .hasMessageContaining("needs checkpoints");
  }

  @Test
  void aJobWithoutCheckpointsThatMayStartAgainIsRefusedUnlessItIsABatch() {
    Configuration config = new Configuration();
    config.setString("restart-strategy.type", "fixed-delay");
    StreamExecutionEnvironment restarting = new StreamExecutionEnvironment(config);
    assertThatThrownBy(() -> Checkpoints.require(bounded(restarting), SPEC))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("would write rows twice")
        .hasMessageContaining("'restart-strategy.type' = 'none'");

    restarting.setRuntimeMode(RuntimeExecutionMode.BATCH);
    assertThatCode(() -> Checkpoints.require(bounded(restarting), SPEC)).doesNotThrowAnyException();
    config.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment ending = new StreamExecutionEnvironment(config);
    assertThatCode(() -> Checkpoints.require(bounded(ending), SPEC)).doesNotThrowAnyException();
  }

  @Test
  void aJobThatEndsHasACheckpointAfterItsEnd() {
    Configuration config = new Configuration();
    config.setString("execution.checkpointing.checkpoints-after-tasks-finish", "false");
    StreamExecutionEnvironment ending = new StreamExecutionEnvironment(config);
    ending.enableCheckpointing(1_000);
    assertThatThrownBy(() -> Checkpoints.require(bounded(ending), SPEC))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("checkpoints-after-tasks-finish");
    job.enableCheckpointing(1_000);
    assertThatCode(() -> Checkpoints.require(bounded(), SPEC)).doesNotThrowAnyException();
  }

  @Test
  void checkpointsComeBeforeTransactionsExpire() {
    job.enableCheckpointing(Duration.ofMinutes(5).toMillis());
    assertThatThrownBy(() -> Checkpoints.require(unbounded(), SPEC))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("every PT5M is too late for its 'transaction.timeout' of PT5M");
  }

  private DataStream<Long> bounded() {
    return bounded(job);
  }

  private static DataStream<Long> bounded(StreamExecutionEnvironment job) {
    return job.fromSource(
        new NumberSequenceSource(0, 1), WatermarkStrategy.noWatermarks(), "bounded");
  }

  private DataStream<Long> unbounded() {
    return job.fromSource(new EndlessSource(), WatermarkStrategy.noWatermarks(), "unbounded");
  }

  private static final class EndlessSource extends NumberSequenceSource {
    private static final long serialVersionUID = 1L;

    EndlessSource() {
      super(0, 1);
    }

    @Override
    public Boundedness getBoundedness() {
      return Boundedness.CONTINUOUS_UNBOUNDED;
    }
  }
}
