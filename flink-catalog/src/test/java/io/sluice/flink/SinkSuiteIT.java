package io.sluice.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SinkTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Flink's own tests of sinks: savepoints, other parallelisms, metrics. */
@Timeout(900)
class SinkSuiteIT extends SinkTestSuiteBase<String> {

  @TempDir private static Path folder;

  @TestSemantics
  CheckpointingMode[] semantics = {CheckpointingMode.AT_LEAST_ONCE, CheckpointingMode.EXACTLY_ONCE};

  @TestEnv MiniClusterTestEnvironment flink = new MiniClusterTestEnvironment();

  @TestContext
  ExternalContextFactory<SinkSuiteContext> tables =
      test -> {
        try {
          return new SinkSuiteContext(Files.createTempDirectory(folder, "lake"));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };
}
