package io.sluice.flink.write;

import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.LegacySourceTransformation;
import org.apache.flink.streaming.api.transformations.WithBoundedness;
import org.apache.flink.table.api.ValidationException;

/** What exactly-once needs of a job: checkpoints, and often enough. */
final class Checkpoints {

  /** It is in another package in each line of Flink. */
  private static final String INPUT_FORMAT = "InputFormatSourceFunction";

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
    return last.getTransitivePredecessors().stream().noneMatch(Checkpoints::isEndless);
  }

  private static boolean isEndless(Transformation<?> each) {
    return each instanceof WithBoundedness source
        && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED
        && !(each instanceof LegacySourceTransformation<?> legacy && readsInputFormat(legacy));
  }

  /** Flink takes VALUES for endless, as it does all that it reads by an old InputFormat. */
  private static boolean readsInputFormat(LegacySourceTransformation<?> source) {
    return source.getOperatorFactory() instanceof SimpleOperatorFactory<?> factory
        && factory.getOperator() instanceof AbstractUdfStreamOperator<?, ?> operator
        && operator.getUserFunction().getClass().getSimpleName().equals(INPUT_FORMAT);
  }

  private Checkpoints() {}
}
