package io.sluice.flink.write;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractUdfStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.LegacySourceTransformation;
import org.apache.flink.streaming.api.transformations.WithBoundedness;
import org.apache.flink.table.api.ValidationException;

/** What exactly-once needs of a job: checkpoints, and often enough. */
final class Checkpoints {

  /** It is in another package in each line of Flink. */
  private static final String INPUT_FORMAT = "InputFormatSourceFunction";

  /** How the strategy is called that starts no job again. */
  private static final Set<String> NO_RESTART = Set.of("none", "off", "disable");

  /**
   * Checks a job that is about to start. Without checkpoints, rows of one that doesn't end would
   * never be seen; one that ends commits at its end, task by task, and so mustn't start again.
   *
   * @throws ValidationException if its rows could never be seen, would expire before they are, or
   *     could be there twice
   */
  static void require(DataStream<?> rows, SinkSpec spec) {
    StreamExecutionEnvironment job = rows.getExecutionEnvironment();
    CheckpointConfig config = job.getCheckpointConfig();
    boolean bounded = isBounded(rows.getTransformation());
    if (!config.isCheckpointingEnabled()) {
      if (!bounded) {
        throw new ValidationException(
            "table "
                + spec.name()
                + ": exactly-once needs checkpoints, as rows are visible when one is complete, and"
                + " this job has none: SET 'execution.checkpointing.interval' = '10 s', or leave"
                + " 'sink.delivery-guarantee' = 'exactly-once' out");
      }
      if (startsAgain(job.getConfiguration())) {
        throw new ValidationException(
            "table "
                + spec.name()
                + ": without checkpoints each task commits at its own end, so that a job which"
                + " starts again would write rows twice that are exactly once: SET"
                + " 'execution.checkpointing.interval' = '10 s', or 'execution.runtime-mode' ="
                + " 'batch', or 'restart-strategy.type' = 'none'");
      }
      return;
    }
    if (bounded
        && !job.getConfiguration()
            .get(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH)) {
      throw new ValidationException(
          "table "
              + spec.name()
              + ": the rows after the last checkpoint of a job that ends are visible with one that"
              + " comes after its end: leave"
              + " 'execution.checkpointing.checkpoints-after-tasks-finish' = 'false' out");
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

  /** Of a batch nothing is committed before all is written, whatever starts again. */
  private static boolean startsAgain(ReadableConfig config) {
    return config.get(ExecutionOptions.RUNTIME_MODE) != RuntimeExecutionMode.BATCH
        && config
            .getOptional(RestartStrategyOptions.RESTART_STRATEGY)
            .filter(strategy -> !NO_RESTART.contains(strategy.toLowerCase(Locale.ROOT)))
            .isPresent();
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
