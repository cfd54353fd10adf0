package io.sluice.flink.write;

import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.transformations.WithBoundedness;
import org.apache.flink.table.api.ValidationException;

/** What exactly-once needs of a job: checkpoints, and often enough. */
final class Checkpoints {

  /**
   * Checks a job that is about to start. Without checkpoints, rows of one that doesn't end would
   * never be seen; one that ends commits at its end.
   *
   * @throws ValidationException if its rows could never be seen, or would expire before they are
   */
  static void require(DataStream<?> rows, SinkSpec spec) {
    CheckpointConfig config = rows.getExecutionEnvironment().getCheckpointConfig();
    if (!config.isCheckpointingEnabled()) {
      if (!isBounded(rows.getTransformation())) {
        throw new ValidationException(
            "table "
                + spec.name()
                + ": exactly-once needs checkpoints, as rows are visible when one is complete, and"
                + " this job has none: SET 'execution.checkpointing.interval' = '10 s', or leave"
                + " 'sink.delivery-guarantee' = 'exactly-once' out");
      }
      return;
    }
    Duration interval = Duration.ofMillis(config.getCheckpointInterval());
    Duration timeout = Objects.requireNonNull(spec.transactionTimeout());
    if (interval.compareTo(timeout) >= 0) {
      throw new ValidationException(
          "table "
              + spec.name()
              + ": a checkpoint every "
              + interval
              + " is too late for its 'transaction.timeout' of "
              + timeout
              + ": transactions would expire before they are committed. Raise the one, or have"
              + " checkpoints more often");
    }
  }

  private static boolean isBounded(Transformation<?> last) {
    return last.getTransitivePredecessors().stream()
        .noneMatch(
            each ->
                each instanceof WithBoundedness source
                    && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED);
  }

  private Checkpoints() {}
}
