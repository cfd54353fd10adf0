package io.sluice.log.bookie;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * One ZooKeeper server in this JVM, on one folder. Transactions are synced to disk before they are
 * answered. It has neither an admin server nor commands beyond {@code srvr}. It grants sessions of
 * 2 to 60 s, and notices within a second that one is over.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {

  private static final int TICK_MS = 1_000;
  private static final int MIN_SESSION_MS = 2 * TICK_MS;
  private static final int MAX_SESSION_MS = 60 * TICK_MS;
  private static final int MAX_CONNECTIONS = 1_000;
  private static final int SNAPSHOTS_KEPT = 3;
  private static final int PURGE_EVERY_HOURS = 1;

  private final String host;
  private final ZooKeeperServer server;
  private final NIOServerCnxnFactory listener;
  private final DatadirCleanupManager purge;

  private EmbeddedZooKeeper(
      String host,
      ZooKeeperServer server,
      NIOServerCnxnFactory listener,
      DatadirCleanupManager purge) {
    this.host = host;
    this.server = server;
    this.listener = listener;
    this.purge = purge;
  }

  /**
   * Starts it with what the folder holds, for clients in other processes: their sessions go on.
   *
   * @param folder made if it is missing
   * @param host address to listen on
   * @param port 0 for a free one
   * @throws IOException if the port is in use or the folder can't be read
   */
  public static EmbeddedZooKeeper start(Path folder, String host, int port)
      throws IOException, InterruptedException {
    return start(folder, host, port, database -> List.of());
  }

  /**
   * Like {@link #start(Path, String, int)}, with no client of an earlier run left: their sessions
   * are ended at once, and nobody waits for their ephemeral nodes.
   */
  public static EmbeddedZooKeeper startAlone(Path folder, String host, int port)
      throws IOException, InterruptedException {
    return start(folder, host, port, database -> List.copyOf(database.getSessions()));
  }

  /**
   * Starts it, with what the folder holds.
   *
   * @param folder made if it is missing
   * @param port 0 for a free one
   * @param stale which of the sessions that the folder knows are over: their ephemeral nodes would
   *     otherwise stay until the sessions time out
   */
  private static EmbeddedZooKeeper start(Path folder, String host, int port, StaleSessions stale)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    FileTxnSnapLog log = new FileTxnSnapLog(folder.toFile(), folder.toFile());
    ZKDatabase database = new ZKDatabase(log);
    ZooKeeperServer server =
        new ZooKeeperServer(log, TICK_MS, MIN_SESSION_MS, MAX_SESSION_MS, -1, database, "");
    NIOServerCnxnFactory listener = new NIOServerCnxnFactory();
    DatadirCleanupManager purge =
        new DatadirCleanupManager(
            folder.toFile(), folder.toFile(), SNAPSHOTS_KEPT, PURGE_EVERY_HOURS);
    EmbeddedZooKeeper started = new EmbeddedZooKeeper(host, server, listener, purge);
    try {
      server.startdata();
      List<Long> over = stale.among(database);
      listener.configure(new InetSocketAddress(host, port), MAX_CONNECTIONS, -1, false);
      listener.startup(server);
      over.forEach(server::closeSession);
      purge.start();
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
    return started;
  }

  /** Returns {@code host:port}. */
  public String connectString() {
    return host + ":" + listener.getLocalPort();
  }

  /** Stops serving; what was answered is on disk. */
  @Override
  public void close() {
    purge.shutdown();
    listener.shutdown();
    // Without a listener that got as far as start-up the server is not reached through it.
    if (server.isRunning()) {
      server.shutdown(true);
    }
    try {
      server.getTxnLogFactory().close();
    } catch (IOException e) {
      // Every transaction that was answered has been synced: there is nothing left to lose.
      return;
    }
  }

  /** Says which sessions, of those that a folder knows, are over. */
  private interface StaleSessions {

    /** Returns their ids. */
    List<Long> among(ZKDatabase database);
  }
}
