package io.sluice.cli.cluster;

import io.sluice.cli.ProcessConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The parts of a cluster with their addresses and arguments.
 *
 * @param folder where all data are: a folder for each of ZooKeeper and the bookies, {@code
 *     warehouse} with the lake, {@code logs}
 * @param parts in the order in which they are started
 */
record ClusterPlan(Path folder, List<Part> parts) {

  private static final String HOST = "127.0.0.1:";

  /** Quick to notice a lost part, and slow enough for a laptop that is busy. */
  private static final List<String> EAGER =
      List.of(
          "zookeeper.session-timeout=5s",
          "bookkeeper.session-timeout=5s",
          "autorecovery.lost-bookie-delay=10s");

  /** Small enough for several on one laptop. */
  private static final List<String> SMALL =
      List.of(
          "bookie.write-cache-bytes=32MiB",
          "bookie.read-cache-bytes=16MiB",
          "bookie.index-cache-bytes=8MiB",
          "bookie.journal-bytes=64MiB",
          "bookie.entry-log-bytes=64MiB",
          "gateway.memory-bytes=256MiB");

  ClusterPlan {
    parts = List.copyOf(parts);
  }

  /**
   * Plans a cluster.
   *
   * @param ports of ZooKeeper, the bookies and the gateways, in this order
   */
  static ClusterPlan of(ClusterShape shape, Path folder, List<Integer> ports) {
    List<String> common = new ArrayList<>(List.of("--until-stdin-ends"));
    common.addAll(defaults(shape.settings()));
    common.addAll(shape.settings());
    List<Part> parts = new ArrayList<>();
    String zooKeeper = HOST + ports.get(0);
    String warehouse = folder.resolve("warehouse").toString();
    parts.add(
        part("zookeeper", PartKind.ZOOKEEPER, zooKeeper, common)
            .with("--data", folder.resolve("zookeeper").toString(), "--port", "" + ports.get(0)));
    common.addAll(List.of("--zookeeper", zooKeeper));
    for (int i = 1; i <= shape.bookies(); i++) {
      String name = "bookie-" + i;
      int port = ports.get(i);
      parts.add(
          part(name, PartKind.BOOKIE, HOST + port, common)
              .with("--data", folder.resolve(name).toString(), "--id", name, "--port", "" + port));
    }
    if (shape.hasAutoRecovery()) {
      parts.add(part("autorecovery", PartKind.AUTORECOVERY, "", common));
    }
    common.addAll(List.of("--warehouse", warehouse));
    for (int i = 1; i <= shape.gateways(); i++) {
      int port = ports.get(shape.bookies() + i);
      parts.add(
          part("gateway-" + i, PartKind.GATEWAY, HOST + port, common)
              .with("--port", "" + port, "--replication", shape.replication()));
    }
    for (int i = 1; i <= shape.compactors(); i++) {
      String name = "compactor-" + i;
      parts.add(
          part(name, PartKind.COMPACTOR, "", common).with("--set", "compactor.worker=" + name));
    }
    return new ClusterPlan(folder, parts);
  }

  /** A part takes {@code --set} before its file: what the file names is left to it. */
  private static List<String> defaults(List<String> given) {
    int config = given.indexOf("--config");
    Set<String> named =
        config < 0 ? Set.of() : ProcessConfig.read(Path.of(given.get(config + 1))).keySet();
    return Stream.concat(EAGER.stream(), SMALL.stream())
        .filter(setting -> !named.contains(setting.substring(0, setting.indexOf('='))))
        .flatMap(setting -> Stream.of("--set", setting))
        .toList();
  }

  private static Part part(String name, PartKind kind, String address, List<String> common) {
    List<String> arguments = new ArrayList<>(List.of(kind.command()));
    arguments.addAll(common);
    return new Part(name, kind, address, arguments);
  }

  /** Returns the parts of a kind, in order. */
  List<Part> parts(PartKind kind) {
    return parts.stream().filter(part -> part.kind() == kind).toList();
  }

  /** Returns the file that a part's output goes to. */
  Path log(Part part) {
    return folder.resolve("logs").resolve(part.name() + ".log");
  }
}
