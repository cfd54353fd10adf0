package io.sluice.testing.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.bookie.AutoRecovery;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.RecoverySettings;
import io.sluice.log.bookie.RunningBookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import io.sluice.log.zookeeper.ClosedNodes;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import io.sluice.log.zookeeper.ZooKeeperTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * A ZooKeeper and a bookie that begin in clear text, with nodes open to all, and go over to TLS and
 * closed nodes. A process of its own, as TLS with ZooKeeper is a process's; it ends with an error
 * if something isn't as it should be.
 */
final class SecuredTown {

  /** What it says in the end. */
  static final String DONE = "the town is secured";

  private static final String HOST = "127.0.0.1";
  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final long LIMIT_S = 60;

  private final Path folder;
  private final TestAuthority authority;
  private final ZooKeeperServer server;
  private final ServerCnxnFactory clear;

  private SecuredTown(Path folder) throws Exception {
    this.folder = folder;
    this.authority = TestAuthority.create(folder, "authority");
    FileTxnSnapLog log = new FileTxnSnapLog(folder.toFile(), folder.toFile());
    this.server = new ZooKeeperServer(log, 1_000, 2_000, 60_000, -1, new ZKDatabase(log), "");
    this.clear = new NIOServerCnxnFactory();
    clear.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100, -1, false);
    clear.startup(server);
  }

  /** Takes the folder to work in. */
  public static void main(String[] arguments) throws Exception {
    SecuredTown town = new SecuredTown(Path.of(arguments[0]));
    long ledger = town.beginInClearText();
    ZooKeeperTls tls = town.tls(town.authority.issue("cluster", "localhost", HOST), town.authority);
    tls.install();
    System.setProperty("zookeeper.authProvider.x509", X509AuthenticationProvider.class.getName());
    System.setProperty(
        ServerCnxnFactory.ZOOKEEPER_SERVER_CNXN_FACTORY, NettyServerCnxnFactory.class.getName());
    ServerCnxnFactory secure = ServerCnxnFactory.createFactory();
    secure.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100, -1, true);
    secure.startup(town.server, false);
    String address = HOST + ":" + secure.getLocalPort();
    town.goOnWithTls(at(address, tls, CALL), ledger);
    town.othersAreShutOut();
    town.strangersAreShutOut(address);
    System.out.println(DONE);
    System.exit(0);
  }

  private long beginInClearText() throws Exception {
    String address = HOST + ":" + clear.getLocalPort();
    try (ZooKeeperMetadataStore store =
            ZooKeeperMetadataStore.connect(at(address, ZooKeeperTls.NONE, CALL));
        RunningBookie unused = start(address);
        BookKeeperSegmentStore segments = segments(address)) {
      store.create("/tables/old", bytes("old")).get(LIMIT_S, TimeUnit.SECONDS);
      assertThat(unused.port()).isPositive();
      return write(segments);
    }
  }

  private void goOnWithTls(ZooKeeperSettings settings, long ledger) throws Exception {
    assertThat(ClosedNodes.close(settings, List.of("/sluice", "/ledgers", "/none")))
        .isGreaterThan(5);
    String address = settings.connectString();
    try (ZooKeeperMetadataStore store = ZooKeeperMetadataStore.connect(settings);
        RunningBookie bookie = start(address);
        BookKeeperSegmentStore segments = segments(address);
        AutoRecovery recovery =
            AutoRecovery.start(
                RecoverySettings.DEFAULT,
                BookKeeperSettings.of(BookKeeperSettings.uriOf(address)),
                SESSION)) {
      assertThat(store.read("/tables/old").get(LIMIT_S, TimeUnit.SECONDS)).isPresent();
      store.create("/tables/new", bytes("new")).get(LIMIT_S, TimeUnit.SECONDS);
      assertThat(bookie.port()).isPositive();
      assertThat(recovery.ended()).isNotDone();
      try (SegmentReader reader = segments.open(ledger).get(LIMIT_S, TimeUnit.SECONDS)) {
        assertThat(reader.read(0, 1).get(LIMIT_S, TimeUnit.SECONDS)).hasSize(1);
      }
      assertThat(write(segments)).isGreaterThan(ledger);
    }
  }

  /** Somebody without a certificate, where a port for clear text was left open. */
  private void othersAreShutOut() throws Exception {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.SECURE_CLIENT, "false");
    config.setProperty(
        ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNIO");
    CountDownLatch connected = new CountDownLatch(1);
    String address = HOST + ":" + clear.getLocalPort();
    ZooKeeper other =
        new ZooKeeper(
            address,
            10_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            config);
    try {
      assertThat(connected.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
      for (String node : List.of("/sluice", "/sluice/tables/old", "/sluice/tables/new")) {
        assertThatThrownBy(() -> other.getData(node, false, null))
            .isInstanceOf(NoAuthException.class);
        assertThatThrownBy(() -> other.setData(node, bytes("theirs"), -1))
            .isInstanceOf(NoAuthException.class);
      }
      assertThatThrownBy(() -> other.getChildren("/ledgers", false))
          .isInstanceOf(NoAuthException.class);
      assertThatThrownBy(() -> other.delete("/sluice/tables/new", -1))
          .isInstanceOf(NoAuthException.class);
      assertThatThrownBy(
              () ->
                  other.create(
                      "/ledgers/available/theirs",
                      bytes("theirs"),
                      Ids.OPEN_ACL_UNSAFE,
                      CreateMode.PERSISTENT))
          .isInstanceOf(NoAuthException.class);
    } finally {
      other.close();
    }
  }

  private void strangersAreShutOut(String address) throws Exception {
    TestCertificate stranger = authority.issue("stranger", HOST);
    try (ZooKeeperMetadataStore store =
        ZooKeeperMetadataStore.connect(at(address, tls(stranger, authority), CALL))) {
      assertThatThrownBy(() -> store.read("/tables/old").get(LIMIT_S, TimeUnit.SECONDS))
          .hasMessageContaining("for those alone whose certificates have the subject");
    }
    TestAuthority other = TestAuthority.create(folder, "other");
    Duration shortly = Duration.ofSeconds(3);
    for (ZooKeeperTls wrong :
        List.of(
            tls(other.issue("outsider", HOST), authority),
            tls(authority.issue("mistrustful", HOST), other),
            tls(authority.issueExpired("late", HOST), authority))) {
      assertThatThrownBy(() -> ZooKeeperMetadataStore.connect(at(address, wrong, shortly)))
          .hasMessageContaining("its certificate is of a CA in zookeeper.tls.ca");
    }
  }

  private ZooKeeperTls tls(TestCertificate own, TestAuthority trusted) throws IOException {
    Path both = folder.resolve(own.certificate().getFileName() + "-and-key");
    Files.writeString(both, Files.readString(own.certificate()) + Files.readString(own.key()));
    return new ZooKeeperTls(both.toString(), trusted.certificate().toString(), true);
  }

  private static ZooKeeperSettings at(String address, ZooKeeperTls tls, Duration call) {
    return new ZooKeeperSettings(address, "/sluice", SESSION, call, tls);
  }

  private RunningBookie start(String address) throws Exception {
    return RunningBookie.start(
        BookieSettings.DEFAULT,
        folder.resolve("bookie"),
        BookKeeperSettings.uriOf(address),
        SESSION);
  }

  private static BookKeeperSegmentStore segments(String address) throws Exception {
    return BookKeeperSegmentStore.connect(BookKeeperSettings.of(BookKeeperSettings.uriOf(address)));
  }

  private static long write(BookKeeperSegmentStore store) throws Exception {
    SegmentWriter writer =
        store
            .create(new SegmentId(UUID.randomUUID(), 0, 1), new Replication(1, 1, 1))
            .get(LIMIT_S, TimeUnit.SECONDS);
    writer.add(Unpooled.copiedBuffer("row", UTF_8)).get(LIMIT_S, TimeUnit.SECONDS);
    writer.seal().get(LIMIT_S, TimeUnit.SECONDS);
    return writer.ledgerId();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
