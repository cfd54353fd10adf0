package io.sluice.cli.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ways between a cluster's parts, each of which can be broken: to each gateway and each bookie,
 * and from each part to ZooKeeper.
 */
final class Links implements AutoCloseable {

  /** Here the parts reach each other; they listen on 127.0.0.1. */
  private static final String HOST = "127.0.0.2";

  private static final String ZOOKEEPER = "--zookeeper";

  private final Map<String, TcpLink> links = new LinkedHashMap<>();

  /** Opens the links of a cluster, and returns its plan with them in it. */
  ClusterPlan layInto(ClusterPlan plan) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (Part part : plan.parts()) {
      Part linked = withZooKeeper(part);
      if (part.kind() == PartKind.GATEWAY || part.kind() == PartKind.BOOKIE) {
        int port = Integer.parseInt(part.address().substring(part.address().lastIndexOf(':') + 1));
        TcpLink link = TcpLink.open(HOST, port, part.address());
        links.put("to " + part.name(), link);
        List<String> arguments = new ArrayList<>(linked.arguments());
        arguments.addAll(List.of("--advertised-host", HOST));
        linked = new Part(part.name(), part.kind(), link.address(), arguments);
      }
      parts.add(linked);
    }
    return new ClusterPlan(plan.folder(), parts);
  }

  private Part withZooKeeper(Part part) throws IOException {
    List<String> arguments = new ArrayList<>(part.arguments());
    int at = arguments.indexOf(ZOOKEEPER);
    if (at < 0) {
      return part;
    }
    TcpLink link = TcpLink.open(HOST, 0, arguments.get(at + 1));
    links.put("from " + part.name() + " to ZooKeeper", link);
    arguments.set(at + 1, link.address());
    return new Part(part.name(), part.kind(), part.address(), arguments);
  }

  /** Returns all links by name, in the order of the plan. */
  Map<String, TcpLink> all() {
    return Collections.unmodifiableMap(links);
  }

  @Override
  public void close() {
    links.values().forEach(TcpLink::close);
  }
}
