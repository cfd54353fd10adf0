package io.sluice.bench.peers;

import io.sluice.bench.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A system that is compared, with the processes that it takes. */
enum Competitor {
  SLUICE("io.sluice.bench.Server", "", "io.sluice.bench.peers.SluiceSystem", ""),
  BOOKKEEPER("io.sluice.bench.Server", "", "io.sluice.bench.peers.LedgerSystem", ""),
  KAFKA("io.sluice.bench.kafka.KafkaNode", "", "io.sluice.bench.kafka.KafkaSystem", "kafka"),
  FLUSS("io.sluice.bench.fluss.FlussNode", "", "io.sluice.bench.fluss.FlussSystem", "fluss"),
  FLUSS_FSYNC(
      "io.sluice.bench.fluss.FlussNode", "fsync", "io.sluice.bench.fluss.FlussSystem", "fluss");

  private static final String SERVER_HEAP = "1g";
  private static final String CLIENT_HEAP = "1g";

  private final String server;
  private final String serverArgument;
  private final String client;
  private final String module;

  Competitor(String server, String serverArgument, String client, String module) {
    this.server = server;
    this.serverArgument = serverArgument;
    this.client = client;
    this.module = module;
  }

  /** Returns whose server process it uses. */
  Competitor host() {
    return this == BOOKKEEPER ? SLUICE : this;
  }

  /** Returns how to start the server. */
  List<String> serverCommand(Path peers, Path data) throws Exception {
    List<String> command = java(peers, SERVER_HEAP, server);
    command.add(data.toString());
    if (!serverArgument.isEmpty()) {
      command.add(serverArgument);
    }
    return command;
  }

  /**
   * Returns how to start the client.
   *
   * @param address what the server said of itself
   */
  List<String> clientCommand(Path peers, String address) throws Exception {
    List<String> command = java(peers, CLIENT_HEAP, client);
    command.add(address);
    return command;
  }

  private List<String> java(Path peers, String heap, String main) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The same heap as limit and to begin with, and the same options whatever the system.
    command.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:MaxDirectMemorySize=1g"));
    command.addAll(ServerProcess.OPENS);
    command.add("-Dlog4j2.configurationFile=bench-log4j2.xml");
    command.add("-Darrow.enable_unsafe_memory_access=true");
    command.add("-Darrow.enable_null_check_for_get=false");
    command.addAll(List.of("-cp", classPath(peers), main));
    return command;
  }

  private String classPath(Path peers) throws Exception {
    if (module.isEmpty()) {
      return System.getProperty("java.class.path");
    }
    Path target = peers.resolve(module).resolve("target");
    return target.resolve("classes") + ":" + Files.readString(target.resolve("classpath")).trim();
  }
}
