package io.sluice.log.bookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedZooKeeperTest {

  private static final int LONG_MS = 60_000;

  @TempDir Path folder;

  @Test
  void sessionsGetTheTimeoutThatTheyAskFor() throws Exception {
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0)) {
      for (int timeoutMs : new int[] {2_000, 4_000, LONG_MS}) {
        ZooKeeper client = connect(server.connectString(), timeoutMs);
        assertThat(client.getSessionTimeout()).isEqualTo(timeoutMs);
        client.close();
      }
    }
  }

  @Test
  void sessionsGoOnAfterARestartUnlessTheirClientsAreKnownToBeGone() throws Exception {
    ZooKeeper lost;
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0)) {
      lost = connect(server.connectString(), LONG_MS);
      lost.create("/live", new byte[0], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    }
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, "127.0.0.1", 0)) {
      assertThat(hasLive(server)).isTrue();
    }
    try (EmbeddedZooKeeper server = EmbeddedZooKeeper.startAlone(folder, "127.0.0.1", 0)) {
      assertThat(hasLive(server)).isFalse();
    } finally {
      lost.close(1_000);
    }
  }

  private static boolean hasLive(EmbeddedZooKeeper server) throws Exception {
    ZooKeeper client = connect(server.connectString(), LONG_MS);
    try {
      return client.exists("/live", false) != null;
    } finally {
      client.close();
    }
  }

  private static ZooKeeper connect(String address, int timeoutMs)
      throws IOException, InterruptedException {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client =
        new ZooKeeper(
            address,
            timeoutMs,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
    return client;
  }
}
