package io.sluice.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file {@code cluster.json}: what runs where, for scripts. */
final class ClusterFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ClusterFile() {}

  /** Writes it into the cluster's folder, at once or not at all. */
  static void write(LocalCluster cluster) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    Path folder = cluster.plan().folder();
    root.put("data", folder.toString());
    root.put("zookeeper", cluster.plan().parts(PartKind.ZOOKEEPER).get(0).address());
    ArrayNode endpoints = root.putArray("endpoints");
    cluster.plan().parts(PartKind.GATEWAY).forEach(part -> endpoints.add(part.address()));
    ArrayNode parts = root.putArray("parts");
    for (PartProcess process : cluster.processes()) {
      parts
          .addObject()
          .put("name", process.part().name())
          .put("kind", process.part().kind().command())
          .put("pid", process.pid())
          .put("address", process.part().address())
          .put("log", cluster.plan().log(process.part()).toString());
    }
    Path file = folder.resolve("cluster.json");
    Path next = folder.resolve("cluster.json.next");
    Files.writeString(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
