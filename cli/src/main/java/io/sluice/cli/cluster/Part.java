package io.sluice.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One part of a cluster, to be run as a process.
 *
 * @param name unique in its cluster, as {@code gateway-1}
 * @param address its {@code host:port}; empty if nobody connects to it
 * @param arguments of {@code sluice}, its command included
 */
record Part(String name, PartKind kind, String address, List<String> arguments) {

  Part {
    arguments = List.copyOf(arguments);
  }

  /** Returns this part with further arguments. */
  Part with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new Part(name, kind, address, all);
  }
}
