package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.table.Table;
import io.sluice.log.append.SealListener;
import io.sluice.testing.bookies.EmbeddedBookies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The function's process, ended by force while it writes a file for the lake. */
@Timeout(300)
class FunctionKilledIT {

  private static final Duration RUN = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  @TempDir Path folder;

  @Test
  void whatItWasAtIsDoneByAnotherOnce() throws Exception {
    Path task = folder.resolve("task");
    Path lake = folder.resolve("lake");
    FunctionProcess.unpack(FunctionProcess.zip(), task);
    try (LogTown town = new LogTown(BOOKIES, LakeSettings.local(lake), SealListener.NONE)) {
      Table table = town.table("t", 1);
      for (int batch = 0; batch < 60; batch++) {
        town.append(table, 0, 5_000);
      }
      town.seal(table);
      try (FunctionProcess function =
          FunctionProcess.start(task, town.environment(), folder.resolve("killed"), List.of())) {
        CompletableFuture<String> answer = function.invoke(FunctionZipIT.event("db", "t"), RUN);
        await(() -> answer.isDone() || hasFile(lake));
        function.kill();
        assertThat(town.lakeRows(table)).isIn(0L, town.written(table));
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      try (FunctionProcess function =
          FunctionProcess.start(task, town.environment(), folder.resolve("other"), List.of())) {
        while (town.lakeRows(table) < town.written(table)) {
          assertThat(System.nanoTime()).as(function.log()).isLessThan(deadline);
          var unused = function.answer("{}", PATIENCE);
        }
      }
      town.assertLakeEqualsLog(table);
    }
  }

  private static boolean hasFile(Path lake) {
    try (Stream<Path> files = Files.walk(lake)) {
      return files.anyMatch(
          file -> file.toString().contains("/data/") && Files.isRegularFile(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
