package io.sluice.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster a part belongs to. */
final class ClusterOptions {

  @Option(
      names = "--zookeeper",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      description = "Where the cluster's ZooKeeper is.")
  private @Nullable String zooKeeper;

  /** Returns what was given, as settings. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    if (zooKeeper != null) {
      settings.put(ProcessConfig.CONNECT_STRING, zooKeeper);
    }
    return settings;
  }

  /**
   * Returns the settings of a part of a cluster, which this process is from now on: its TLS with
   * ZooKeeper is the process's.
   *
   * @throws CommandException if a setting is refused, or nothing says where ZooKeeper is
   */
  static ProcessConfig config(Map<String, String> settings) {
    if (!settings.containsKey(ProcessConfig.CONNECT_STRING)) {
      throw new CommandException(
          "say which cluster: --zookeeper HOST:PORT[,HOST:PORT...]. `sluice zookeeper` starts one"
              + " for tests");
    }
    ProcessConfig config = ProcessConfig.of(settings);
    config.zooKeeper().tls().install();
    return config;
  }
}
