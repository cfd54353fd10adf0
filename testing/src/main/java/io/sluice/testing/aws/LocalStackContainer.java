package io.sluice.testing.aws;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** LocalStack in a container, by Docker's command; nothing of it is left when it is closed. */
final class LocalStackContainer implements AwsEnvironment.Running {

  /** Later ones want an account. */
  static final String IMAGE = "localstack/localstack:4.14.0";

  private static final Duration READY = Duration.ofMinutes(5);
  private static final Duration PULL = Duration.ofMinutes(10);
  private static final Duration CALL = Duration.ofSeconds(60);

  private final String id;
  private final URI endpoint;

  private LocalStackContainer(String id, URI endpoint) {
    this.id = id;
    this.endpoint = endpoint;
  }

  /** Returns whether a Docker daemon answers here. */
  static boolean isPossible() {
    try {
      return !docker(CALL, "version", "--format", "{{.Server.Version}}").isBlank();
    } catch (IOException e) {
      return false;
    }
  }

  static LocalStackContainer start() throws IOException {
    String id = docker(PULL, "run", "--rm", "--detach", "--publish", "127.0.0.1::4566", IMAGE);
    try {
      String address = docker(CALL, "port", id, "4566/tcp").lines().findFirst().orElse("");
      LocalStackContainer started = new LocalStackContainer(id, URI.create("http://" + address));
      Health.await(started.endpoint, READY, () -> isRunning(id), () -> log(id));
      return started;
    } catch (IOException | RuntimeException e) {
      var unused = docker(CALL, "rm", "--force", id);
      throw e;
    }
  }

  private static boolean isRunning(String id) {
    try {
      return docker(CALL, "inspect", "--format", "{{.State.Running}}", id).equals("true");
    } catch (IOException e) {
      return false;
    }
  }

  private static String log(String id) {
    try {
      return docker(CALL, "logs", "--tail", "50", id);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  /** Returns what the command prints. */
  private static String docker(Duration limit, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    try {
      boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      if (!ended || process.exitValue() != 0) {
        throw new IOException("this failed: " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() throws IOException {
    var unused = docker(CALL, "rm", "--force", id);
  }
}
