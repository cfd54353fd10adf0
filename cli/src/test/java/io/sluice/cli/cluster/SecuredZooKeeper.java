package io.sluice.cli.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Apache ZooKeeper's own server as a process, set up as docs/security.md says: with a port that
 * speaks TLS and takes none without a certificate, and no other.
 */
final class SecuredZooKeeper implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int LAST_LINES = 12;

  private final Process process;
  private final Path log;
  private final int port;

  private SecuredZooKeeper(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it, and returns once it takes connections.
   *
   * @param folder for its data, settings and output; made
   * @param certificateAndKey PEM file with both
   * @param ca PEM file of the CAs of its clients
   */
  static SecuredZooKeeper start(Path folder, int port, Path certificateAndKey, Path ca)
      throws IOException {
    Files.createDirectories(folder);
    Path settings =
        Files.write(
            folder.resolve("zoo.cfg"),
            List.of(
                "tickTime=1000",
                "dataDir=" + folder.resolve("data"),
                "admin.enableServer=false",
                "secureClientPort=" + port,
                "secureClientPortAddress=" + HOST,
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "ssl.keyStore.location=" + certificateAndKey,
                "ssl.keyStore.type=PEM",
                "ssl.trustStore.location=" + ca,
                "ssl.trustStore.type=PEM",
                "client.certReload=true"));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                PartKind.C1_ONLY,
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    SecuredZooKeeper started = new SecuredZooKeeper(process, log, port);
    try {
      started.awaitPort();
    } catch (IOException e) {
      started.close();
      throw e;
    }
    return started;
  }

  private void awaitPort() throws IOException {
    long giveUpAt = System.nanoTime() + LIMIT.toNanos();
    while (!listens()) {
      if (!isAlive() || System.nanoTime() > giveUpAt) {
        throw new IOException("ZooKeeper isn't there:\n" + lastLines());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  String address() {
    return HOST + ":" + port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  @Override
  public void close() throws IOException {
    try {
      if (!process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)) {
        throw new IOException("ZooKeeper is killed, but still there");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
