package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.Table;
import io.sluice.log.append.SealListener;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The zip under AWS's own emulator of Lambda's runtime. */
@Tag("aws")
@Timeout(400)
class FunctionUnderEmulatorIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 5;

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  @TempDir Path folder;
  private Path task;
  private Path lake;

  @BeforeEach
  void unpacks() throws Exception {
    task = folder.resolve("task");
    lake = folder.resolve("lake");
    FunctionProcess.unpack(FunctionProcess.zip(), task);
  }

  @Test
  void itAnswersMessagesAndTheSchedule() throws Exception {
    try (LogTown town = town();
        LambdaEmulator lambda = lambda(town, Duration.ofMinutes(2))) {
      Table table = town.table("t", 2);
      town.append(table, 0, 1_000);
      town.append(table, 1, 500);
      town.seal(table);

      String answer = invoke(lambda, FunctionZipIT.event("db", "t"));

      assertThat(JSON.readTree(answer).get("batchItemFailures")).as(lambda.log()).isEmpty();
      town.assertLakeEqualsLog(table);
      town.append(table, 0, 100);
      town.seal(table);
      var unused = invoke(lambda, "{}");
      town.assertLakeEqualsLog(table);
    }
  }

  @Test
  void whatItWasAtWhenItsTimeWasOverIsDoneOnceByTheNext() throws Exception {
    try (LogTown town = town();
        LambdaEmulator lambda = lambda(town, SHORT)) {
      String name = "";
      boolean timedOut = false;
      for (int attempt = 0; attempt < ATTEMPTS && !timedOut; attempt++) {
        name = "t" + attempt;
        timedOut = timesOut(town, lambda, name);
      }
      assertThat(timedOut).as(lambda.log()).isTrue();
      Table table = town.load(name);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (town.lakeRows(table) < town.written(table)) {
        assertThat(System.nanoTime()).as(lambda.log()).isLessThan(deadline);
        var unused = invoke(lambda, FunctionZipIT.event("db", name));
      }
      town.assertLakeEqualsLog(table);
    }
  }

  /** Freezes the function when the first file of a table's lake is there, until Lambda ends it. */
  private boolean timesOut(LogTown town, LambdaEmulator lambda, String name) throws Exception {
    Table table = town.table(name, 1);
    for (int batch = 0; batch < 60; batch++) {
      town.append(table, 0, 5_000);
    }
    town.seal(table);
    CompletableFuture<String> answer = lambda.invoke(FunctionZipIT.event("db", name), PATIENCE);
    while (!answer.isDone() && !hasFile(name)) {
      LockSupport.parkNanos(1_000_000);
    }
    lambda.freeze();
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).contains("Task timed out")
        && town.lakeRows(table) == 0;
  }

  private boolean hasFile(String table) {
    try (Stream<Path> files = Files.walk(lake)) {
      return files.anyMatch(
          file ->
              file.toString().contains("/" + table)
                  && file.toString().contains("/data/")
                  && Files.isRegularFile(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LogTown town() throws Exception {
    return new LogTown(BOOKIES, LakeSettings.local(lake), SealListener.NONE);
  }

  private LambdaEmulator lambda(LogTown town, Duration limit) throws IOException {
    return new LambdaEmulator(task, town.environment(), limit, folder.resolve("log"));
  }

  private static String invoke(LambdaEmulator lambda, String event) throws Exception {
    return lambda.invoke(event, PATIENCE).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
