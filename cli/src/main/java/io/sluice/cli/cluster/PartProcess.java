package io.sluice.cli.cluster;

import io.sluice.cli.CommandException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A part that runs. Its output goes to a file; its standard input is a pipe from this process that
 * nothing is ever written to, and whose end ends the part.
 */
final class PartProcess {

  private static final Pattern READY = Pattern.compile("(?m)^sluice \\S+ is ready ");
  private static final long LOOK_AGAIN_MS = 50;
  private static final int LAST_LINES = 12;

  private final Part part;
  private final Process process;
  private final Path log;
  private final long logStart;

  private PartProcess(Part part, Process process, Path log, long logStart) {
    this.part = part;
    this.process = process;
    this.log = log;
    this.logStart = logStart;
  }

  /**
   * Starts it; it isn't ready yet.
   *
   * @param log what it says is appended to it
   * @param jvm further arguments of its JVM; a class path among them replaces this process' own
   */
  static PartProcess start(Part part, Path log, List<String> jvm) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    long logStart = Files.exists(log) ? Files.size(log) : 0;
    Process process =
        new ProcessBuilder(command(part, jvm))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new PartProcess(part, process, log, logStart);
  }

  /** Returns the command line that runs a part. */
  static List<String> command(Part part, List<String> jvm) {
    // A terminal sends Ctrl-C to all, and a JVM leaves alone what was ignored before it began:
    // only the process that started them ends the parts, in their order.
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sluice"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(classPath());
    command.addAll(part.kind().jvmArguments());
    command.addAll(jvm);
    command.add("io.sluice.cli.Sluice");
    command.addAll(part.arguments());
    return command;
  }

  /** That of this process: the distribution's, or, without one, what it was started with. */
  private static List<String> classPath() {
    String home = System.getProperty("sluice.home");
    if (home != null) {
      return List.of(
          "@" + Path.of(home, "lib", "jvm.options"),
          "-Dsluice.home=" + home,
          "-cp",
          Path.of(home, "lib") + "/*");
    }
    List<String> arguments =
        new ArrayList<>(
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .toList());
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return arguments;
  }

  Part part() {
    return part;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Completes with this when it has ended. */
  CompletableFuture<PartProcess> onExit() {
    return process.onExit().thenApply(ended -> this);
  }

  /** Returns how it ended, as a shell would: 137 for SIGKILL. */
  int exitCode() {
    return process.exitValue();
  }

  /**
   * Waits until it says that it is ready.
   *
   * @throws CommandException with its last words if it ended, or didn't get ready in time
   */
  void awaitReady(Duration limit) throws IOException {
    long giveUpAt = System.nanoTime() + limit.toNanos();
    while (!READY.matcher(output()).find()) {
      boolean late = System.nanoTime() > giveUpAt;
      if (late || !isAlive() || Thread.interrupted()) {
        throw new CommandException(
            part.name()
                + (late ? " was not ready within " + limit.toSeconds() + " s" : " didn't start")
                + "; "
                + log
                + " ends with\n"
                + lastLines());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS));
    }
  }

  /** Returns what it has said since it was started. */
  String output() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.min(logStart, file.length()));
      byte[] bytes = new byte[Math.toIntExact(Math.max(0, file.length() - logStart))];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Returns its last lines, indented. */
  String lastLines() throws IOException {
    List<String> lines = output().lines().toList();
    return String.join(
        "\n",
        lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
            .map(line -> "    " + line)
            .toList());
  }

  /** Asks it to end (SIGTERM). */
  void terminate() {
    // Not Process.destroy(): that closes the pipe to its standard input, at whose end it halts.
    process.toHandle().destroy();
  }

  /** Ends it as a power cut would (SIGKILL). */
  void kill() {
    process.destroyForcibly();
  }

  /** Returns whether it has ended within {@code limit}. */
  boolean awaitExit(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
