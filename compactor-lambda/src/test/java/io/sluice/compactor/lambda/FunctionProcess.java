package io.sluice.compactor.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The function as Lambda starts it: the zip's bootstrap, with nothing but what is in the zip. */
final class FunctionProcess implements AutoCloseable {

  private final RuntimeApi api;
  private final Process process;
  private final Path log;

  private FunctionProcess(RuntimeApi api, Process process, Path log) {
    this.api = api;
    this.process = process;
    this.log = log;
  }

  /** Returns the zip that {@code mvn package} has made. */
  static Path zip() {
    return Path.of(System.getProperty("basedir", "")).resolve("target/sluice-compactor.zip");
  }

  /** Unpacks the zip, as Lambda does, into an empty folder. */
  static void unpack(Path zip, Path folder) throws IOException {
    try (ZipFile in = new ZipFile(zip.toFile())) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        Path target = folder.resolve(entry.getName());
        if (!entry.isDirectory()) {
          Files.createDirectories(target.getParent());
          try (InputStream bytes = in.getInputStream(entry)) {
            Files.copy(bytes, target);
          }
        }
      }
    }
  }

  /**
   * Starts it.
   *
   * @param task where the zip is unpacked
   * @param variables its environment; of this process's it gets nothing but PATH and JAVA_HOME
   * @param before what to put before the command, as taskset
   */
  static FunctionProcess start(
      Path task, Map<String, String> variables, Path log, List<String> before) throws IOException {
    RuntimeApi api = new RuntimeApi();
    List<String> command = new java.util.ArrayList<>(before);
    command.addAll(List.of("/bin/sh", task.resolve("bootstrap").toString()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(task.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "sluice-compactor");
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769");
    environment.put("LAMBDA_TASK_ROOT", task.toString());
    environment.put("_HANDLER", "io.sluice.compactor.lambda.CompactorHandler::handleRequest");
    environment.putAll(variables);
    return new FunctionProcess(api, builder.start(), log);
  }

  /** Invokes it; fails also if its process ends. */
  CompletableFuture<String> invoke(String event, Duration limit) {
    CompletableFuture<String> answer = api.invoke(event, limit);
    var unused =
        process
            .onExit()
            .thenAccept(
                ended ->
                    answer.completeExceptionally(
                        new IllegalStateException("it ended: " + ended.exitValue())));
    return answer;
  }

  /** Invokes it and waits; fails with its log. */
  String answer(String event, Duration limit) throws Exception {
    try {
      return invoke(event, limit).get(limit.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer from " + process.info() + ", which said: " + log(), e);
    }
  }

  /** Returns the most memory that it has had so far, in bytes; Linux only. */
  long peakBytes() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    try (Stream<String> lines = Files.lines(status)) {
      String line = lines.filter(each -> each.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }
  }

  /** Returns the CPU time that it has taken so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Ends it as Lambda does at its time limit. */
  void kill() {
    var unused = process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    kill();
    api.close();
  }
}
