package io.sluice.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ZooKeeper, bookie and gateway in a JVM of their own, as in standalone, but without a compactor.
 */
public final class ServerProcess implements AutoCloseable {

  /** What a JVM of the log, Arrow or Flink needs. */
  public static final List<String> OPENS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED");

  private static final Pattern READY = Pattern.compile("ready gateway=(\\S+) zookeeper=(\\S+)");

  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  private final Process process;
  private final String gateway;
  private final String zooKeeper;

  private ServerProcess(Process process, String gateway, String zooKeeper) {
    this.process = process;
    this.gateway = gateway;
    this.zooKeeper = zooKeeper;
  }

  static ServerProcess start(Path data, int bookies, String heap) throws IOException {
    return start(heap, List.of(data.toString(), Integer.toString(bookies)));
  }

  /** Starts one whose log takes rows and keeps none. */
  static ServerProcess startDiscarding(Path data, String heap) throws IOException {
    return start(heap, List.of(data.toString(), "1", Server.DISCARD));
  }

  private static ServerProcess start(String heap, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:MaxDirectMemorySize=1g"));
    command.addAll(OPENS);
    command.addAll(List.of("-Dlog4j2.configurationFile=bench-log4j2.xml"));
    command.addAll(List.of("-Darrow.enable_unsafe_memory_access=true"));
    command.addAll(List.of("-Darrow.enable_null_check_for_get=false"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Server.class.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader(UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        return new ServerProcess(process, ready.group(1), ready.group(2));
      }
    }
    throw new IOException("the server ended before it was ready");
  }

  /** Returns the gateway's {@code host:port}. */
  String gateway() {
    return gateway;
  }

  /** Returns ZooKeeper's {@code host:port}. */
  String zooKeeper() {
    return zooKeeper;
  }

  /** Returns where the ledgers' metadata are. */
  String metadataUri() {
    return "zk+hierarchical://" + zooKeeper + "/ledgers";
  }

  /** Returns what the process has used so far. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** Returns what the process has in memory; Linux alone tells. */
  long residentBytes() throws IOException {
    Matcher resident =
        RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
    if (!resident.find()) {
      throw new IOException("no VmRSS in the status of process " + process.pid());
    }
    return Long.parseLong(resident.group(1)) << 10;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
