package io.sluice.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A JVM that answers on standard output, line by line. What it says on standard error is shown. */
final class ChildProcess implements AutoCloseable {

  private static final String READY = "ready ";
  private static final long START_SECONDS = 120;
  private static final long ANSWER_SECONDS = 300;

  private final Process process;
  private final BufferedReader output;
  private final Writer input;

  private ChildProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
    this.input = process.outputWriter(UTF_8);
  }

  static ChildProcess start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // None outlives this one, whatever ends it.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildProcess(process);
  }

  /** Waits until a server says that it is ready, and returns what else it says. */
  String awaitReady() throws Exception {
    String line = within(START_SECONDS);
    while (!line.startsWith(READY)) {
      line = within(START_SECONDS);
    }
    Thread rest = new Thread(this::discardOutput, "server-output");
    rest.setDaemon(true);
    rest.start();
    return line.substring(READY.length());
  }

  private void discardOutput() {
    try {
      while (output.readLine() != null) {
        // Read, so that the server never waits for room to print.
      }
    } catch (IOException e) {
      // The process is gone; whoever needs it will notice.
    }
  }

  /** Sends a line, and returns the line that comes back. */
  String ask(String line) throws Exception {
    input.write(line + "\n");
    input.flush();
    return within(ANSWER_SECONDS);
  }

  private String within(long seconds) throws Exception {
    CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine);
    try {
      return line.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + seconds + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("the process ended", e);
    }
  }

  private String readLine() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("end of output");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // What is measured is over: nothing needs to be kept.
    process.destroyForcibly();
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
