package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.glue.Buckets;
import io.sluice.log.append.SealListener;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the function takes to start and how much memory it needs, with one processor and the
 * memory that the Terraform module gives it. {@code bench/function} runs it and shows what it says;
 * it means something only on a machine that has nothing else to do. The lake is a folder, or in S3
 * and Glue at the endpoint that {@code -Daws.endpoint} names.
 */
@Tag("soak")
@Timeout(1_200)
class FunctionFiguresIT {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int STARTS = Integer.getInteger("starts", 5);
  private static final int BATCHES = 256;
  private static final int BATCH_ROWS = 8_192;
  private static final int ROW_BYTES = 128;
  private static final long LAMBDA_BYTES = 1_769L << 20;
  private static final String ENDPOINT = System.getProperty("aws.endpoint", "");

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  @TempDir Path folder;

  @Test
  void startAndMemory() throws Exception {
    Path task = folder.resolve("task");
    FunctionProcess.unpack(FunctionProcess.zip(), task);
    LakeSettings lake =
        ENDPOINT.isEmpty() ? LakeSettings.local(folder.resolve("lake")) : onAws(ENDPOINT);
    try (LogTown town = new LogTown(BOOKIES, lake, SealListener.NONE)) {
      Table small = town.table("small", 1);
      for (int start = 0; start < STARTS; start++) {
        var unused = started(town, task, "idle" + start, "small");
      }
      for (int start = 0; start < STARTS; start++) {
        town.append(small, 0, 1_000);
        town.seal(small);
        var unused = started(town, task, "rows" + start, "small");
      }
      town.assertLakeEqualsLog(small);

      Table large = town.table("large", 1);
      town.appendRandom(large, BATCHES, BATCH_ROWS, ROW_BYTES);
      town.seal(large);
      long peak = started(town, task, "large", "large");
      assertThat(town.lakeRows(large)).isEqualTo((long) BATCHES * BATCH_ROWS);
      assertThat(peak).isLessThan(LAMBDA_BYTES);
    }
  }

  private static LakeSettings onAws(String endpoint) {
    String bucket = Buckets.make(URI.create(endpoint));
    return new LakeSettings(
        "s3://" + bucket + "/lake",
        Map.of(
            "type", "glue",
            "glue.endpoint", endpoint,
            "s3.endpoint", endpoint,
            "s3.path-style-access", "true",
            "http-client.type", "urlconnection"));
  }

  /** Starts a function for one message, and returns the most memory it had. */
  private long started(LogTown town, Path task, String run, String table) throws Exception {
    Map<String, String> variables = new HashMap<>(town.environment());
    variables.put("JAVA_TOOL_OPTIONS", "-Xmx884m");
    variables.put(LambdaEnvironment.MEMORY_MIB, "294");
    variables.put("AWS_REGION", "us-east-1");
    variables.put("AWS_ACCESS_KEY_ID", "test");
    variables.put("AWS_SECRET_ACCESS_KEY", "test");
    long begin = System.nanoTime();
    try (FunctionProcess function =
        FunctionProcess.start(
            task, variables, folder.resolve(run), List.of("taskset", "-c", "0"))) {
      String answer = function.answer(FunctionZipIT.event("db", table), PATIENCE);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.printf(
          "FIGURE %s: answered after %d ms, %d ms of CPU, peak %d MB%n",
          run, took.toMillis(), function.cpu().toMillis(), function.peakBytes() >> 20);
      assertThat(answer).doesNotContain("itemIdentifier");
      return function.peakBytes();
    }
  }
}
