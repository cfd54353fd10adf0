package io.sluice.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * What a part of a cluster is, and how much of a laptop's memory it gets. Started in this order,
 * stopped in the reverse one.
 */
enum PartKind {
  ZOOKEEPER("zookeeper", 96, 64, true),
  BOOKIE("bookie", 192, 192, false),
  AUTORECOVERY("autorecovery", 96, 64, true),
  GATEWAY("gateway", 384, 128, false),
  COMPACTOR("compactor", 384, 128, false);

  /** Starts in half the time, and stays at half the speed. */
  static final String C1_ONLY = "-XX:TieredStopAtLevel=1";

  private final String command;
  private final int heapMib;
  private final int directMib;
  private final boolean idle;

  PartKind(String command, int heapMib, int directMib, boolean idle) {
    this.command = command;
    this.heapMib = heapMib;
    this.directMib = directMib;
    this.idle = idle;
  }

  /** The command of {@code sluice} that runs it. */
  String command() {
    return command;
  }

  /**
   * Returns the arguments of its JVM: fixed memory, and the collector that needs least beside. What
   * is idle most of the time starts faster without the optimizing compiler.
   */
  List<String> jvmArguments() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xmx" + heapMib + "m",
                "-XX:MaxDirectMemorySize=" + directMib + "m",
                "-XX:+UseSerialGC"));
    if (idle) {
      arguments.add(C1_ONLY);
    }
    return arguments;
  }
}
