package io.sluice.bench.fluss;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.fluss.config.Configuration;
import org.apache.fluss.server.coordinator.CoordinatorServer;
import org.apache.fluss.server.tablet.TabletServer;
import org.apache.fluss.shaded.zookeeper3.org.apache.zookeeper.server.ServerConfig;
import org.apache.fluss.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain;

/** One node of Fluss: ZooKeeper, coordinator and tablet server in one process. */
final class FlussNode {

  /** Lets ZooKeeper run; its own main would end the process. */
  private static final class ZooKeeper extends ZooKeeperServerMain {

    void run(int port, Path folder) {
      System.setProperty("zookeeper.admin.enableServer", "false");
      ServerConfig config = new ServerConfig();
      config.parse(new String[] {Integer.toString(port), folder.toString()});
      Thread thread =
          new Thread(
              () -> {
                try {
                  runFromConfig(config);
                } catch (Exception e) {
                  throw new IllegalStateException("ZooKeeper ended", e);
                }
              },
              "zookeeper");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Runs until it is stopped. The arguments are the folder of its data, and {@code fsync} to have
   * each append synced to the disk before it is acknowledged.
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    boolean fsync = args.length > 1 && args[1].equals("fsync");
    int zooKeeper = freePort();
    new ZooKeeper().run(zooKeeper, Files.createDirectories(folder.resolve("zookeeper")));
    int coordinator = freePort();
    new CoordinatorServer(settings(folder, zooKeeper, coordinator, fsync)).start();
    Configuration tablet = settings(folder, zooKeeper, freePort(), fsync);
    tablet.setString("tablet-server.id", "0");
    new TabletServer(tablet).start();
    System.out.println("ready bootstrap=127.0.0.1:" + coordinator);
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private static Configuration settings(Path folder, int zooKeeper, int port, boolean fsync) {
    Configuration settings = new Configuration();
    settings.setString("zookeeper.address", "127.0.0.1:" + zooKeeper);
    settings.setString("bind.listeners", "FLUSS://127.0.0.1:" + port);
    settings.setString("advertised.listeners", "FLUSS://127.0.0.1:" + port);
    settings.setString("data.dir", folder.resolve("data").toString());
    settings.setString("remote.data.dir", folder.resolve("remote").toString());
    settings.setString("default.replication.factor", "1");
    if (fsync) {
      settings.setString("log.flush.interval-messages", "1");
    }
    return settings;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private FlussNode() {}
}
