package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions cost memory that doesn't grow with their number. */
class ManyPartitionsTest {

  /** More with {@code -Dtest.partitions=4000}. */
  private static final int PARTITIONS = Integer.getInteger("test.partitions", 200);

  private static final long LIMIT_SECONDS = 500;

  @TempDir private Path folder;

  @Test
  @Timeout(LIMIT_SECONDS + 60)
  void halfAGibibyteOfHeapIsEnoughForThousandsOfPartitions() throws Exception {
    Path output = folder.resolve("output");
    Process process = start(folder.resolve("lake"), output.toFile());
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("%,d rows in ".formatted(PARTITIONS * 900));
  }

  private static Process start(Path lake, File output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-XX:MaxDirectMemorySize=64m",
            "-cp",
            System.getProperty("java.class.path"),
            ManyPartitions.class.getName(),
            lake.toString(),
            Integer.toString(PARTITIONS))
        .redirectErrorStream(true)
        .redirectOutput(output)
        .start();
  }
}
