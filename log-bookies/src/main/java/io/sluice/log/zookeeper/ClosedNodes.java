package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** Closes the nodes of a cluster, made before it had certificates, to all but the cluster. */
public final class ClosedNodes {

  private ClosedNodes() {}

  /**
   * Closes some nodes and all below them. It may be done again at any time, also while the cluster
   * runs.
   *
   * @param roots the topmost nodes; one that isn't there is passed over
   * @return how many nodes were looked at
   * @throws IllegalArgumentException if the settings don't close nodes
   * @throws MetadataException with UNAVAILABLE if ZooKeeper can't be reached, or a node belongs to
   *     others; those before it are closed
   */
  public static int close(ZooKeeperSettings settings, List<String> roots)
      throws MetadataException, InterruptedException {
    if (!settings.tls().acl()) {
      throw new IllegalArgumentException("closing nodes needs zookeeper.tls.acl");
    }
    int count = 0;
    try (ZooKeeperSession session = ZooKeeperSession.open(settings)) {
      ZooKeeper client = session.client();
      Deque<String> open = new ArrayDeque<>(roots);
      while (!open.isEmpty()) {
        String node = open.pop();
        try {
          open.addAll(close(client, node));
          count++;
        } catch (KeeperException e) {
          throw new MetadataException(
              Kind.UNAVAILABLE,
              "closing node " + node + ": " + ZooKeeperFailures.words(e.code()),
              e);
        }
      }
    }
    return count;
  }

  /** Returns the nodes below; none if it has gone since it was listed. */
  private static List<String> close(ZooKeeper client, String node)
      throws KeeperException, InterruptedException {
    try {
      client.setACL(node, Ids.CREATOR_ALL_ACL, -1);
      return client.getChildren(node, false).stream().map(child -> node + "/" + child).toList();
    } catch (NoNodeException e) {
      return List.of();
    }
  }
}
