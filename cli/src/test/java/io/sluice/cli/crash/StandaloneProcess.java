package io.sluice.cli.crash;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A {@code sluice standalone} in a JVM of its own, that can be killed. */
final class StandaloneProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;
  private final int port;

  private StandaloneProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  /** Starts one and returns once it is ready. */
  static StandaloneProcess start(Path data, int port, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    command.add("-Xmx512m");
    command.add("-XX:TieredStopAtLevel=1"); // short-lived: the start is what counts
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.sluice.cli.Sluice");
    command.addAll(List.of("standalone", "--data", data.toString(), "--port", "" + port));
    command.addAll(List.of(more));
    Path output = data.resolveSibling(data.getFileName() + ".out");
    File log = output.toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    StandaloneProcess standalone = new StandaloneProcess(process, output, port);
    standalone.awaitReady();
    return standalone;
  }

  private void awaitReady() throws IOException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
            .timeout(Duration.ofSeconds(2))
            .build();
    long giveUpAt = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < giveUpAt && process.isAlive()) {
      try {
        if (client.send(ready, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // it isn't listening yet
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    process.destroyForcibly();
    throw new AssertionError("standalone did not become ready:\n" + Files.readString(output));
  }

  String endpoint() {
    return "127.0.0.1:" + port;
  }

  /** Ends it as a power cut would: SIGKILL, nothing runs after it. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("killed, but still there: " + process.pid());
    }
  }

  /** Ends it as Ctrl-C does, and returns its exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not stop within 60 s");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
