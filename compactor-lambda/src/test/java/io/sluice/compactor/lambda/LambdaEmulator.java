package io.sluice.compactor.lambda;

import io.sluice.log.bookie.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * AWS's own emulator of Lambda's runtime, which runs the function's process and ends it at its time
 * limit. Its program comes by {@code -Dlambda.emulator}; .ci/run builds it.
 */
final class LambdaEmulator implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final URI uri;

  /**
   * Starts it.
   *
   * @param task where the zip is unpacked
   * @param limit the function's time limit, of whole seconds
   */
  LambdaEmulator(Path task, Map<String, String> variables, Duration limit, Path log)
      throws IOException {
    List<Integer> ports = Ports.free(2);
    ProcessBuilder builder =
        new ProcessBuilder(
                program(),
                "--runtime-interface-emulator-address",
                "127.0.0.1:" + ports.get(0),
                "--runtime-api-address",
                "127.0.0.1:" + ports.get(1),
                "/bin/sh",
                task.resolve("bootstrap").toString())
            .directory(task.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "sluice-compactor");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769");
    environment.put("AWS_LAMBDA_FUNCTION_TIMEOUT", "" + limit.toSeconds());
    environment.put("LAMBDA_TASK_ROOT", task.toString());
    environment.put("_HANDLER", "io.sluice.compactor.lambda.CompactorHandler::handleRequest");
    environment.putAll(variables);
    this.log = log;
    uri =
        URI.create(
            "http://127.0.0.1:" + ports.get(0) + "/2015-03-31/functions/function/invocations");
    process = builder.start();
  }

  private static String program() {
    String program = System.getProperty("lambda.emulator", "");
    if (program.isEmpty()) {
      throw new IllegalStateException("-Dlambda.emulator must name the emulator's program");
    }
    return program;
  }

  /** Invokes the function; the answer is its own, or the emulator's if it ran out of time. */
  CompletableFuture<String> invoke(String event, Duration patience) {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(patience)
            .POST(HttpRequest.BodyPublishers.ofString(event))
            .build();
    return CompletableFuture.supplyAsync(() -> send(request));
  }

  private String send(HttpRequest request) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      } catch (ConnectException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new CompletionException("the emulator doesn't listen: " + log(), e);
        }
        LockSupport.parkNanos(50_000_000);
      } catch (IOException e) {
        throw new CompletionException("the emulator said " + log(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CompletionException(e);
      }
    }
  }

  /** Stops the function's process where it is, as one that hangs; Lambda ends it in time. */
  void freeze() throws IOException, InterruptedException {
    for (ProcessHandle function : process.descendants().toList()) {
      Process stop = new ProcessBuilder("kill", "-STOP", "" + function.pid()).start();
      if (!stop.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("kill doesn't end");
      }
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> functions = process.descendants().toList();
    var unused = process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    functions.forEach(ProcessHandle::destroyForcibly);
  }
}
