package io.sluice.testing.aws;

import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** LocalStack as a process, from a Python environment that has it; it ends with this JVM. */
final class LocalStackProcess implements AwsEnvironment.Running {

  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration END = Duration.ofSeconds(30);

  private final Process process;
  private final Path folder;
  private final Thread atExit;
  private final URI endpoint;

  private LocalStackProcess(Process process, Path folder, URI endpoint) {
    this.process = process;
    this.folder = folder;
    this.endpoint = endpoint;
    this.atExit = new Thread(process::destroyForcibly, "ends-localstack");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param home the Python environment
   */
  static LocalStackProcess start(Path home) throws IOException {
    int port = Ports.free();
    Path folder = Files.createTempDirectory("localstack");
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/python").toString(), "-m", "localstack.runtime.main")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // Its other server listens on every address of the computer.
    builder
        .environment()
        .putAll(
            Map.of(
                "GATEWAY_SERVER", "hypercorn",
                "GATEWAY_LISTEN", "127.0.0.1:" + port,
                "DISABLE_EVENTS", "1",
                "SKIP_SSL_CERT_DOWNLOAD", "1",
                "DNS_ADDRESS", "0",
                "LOCALSTACK_VOLUME_DIR", folder.resolve("volume").toString(),
                "FILESYSTEM_ROOT", folder.resolve("files").toString()));
    LocalStackProcess started =
        new LocalStackProcess(builder.start(), folder, URI.create("http://127.0.0.1:" + port));
    try {
      Health.await(started.endpoint, READY, started.process::isAlive, () -> tail(log));
      return started;
    } catch (IOException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private static String tail(Path log) {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 4_000));
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        var unused = process.destroyForcibly().waitFor(END.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
