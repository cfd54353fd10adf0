package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.cluster.SecuredCluster;
import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.testing.history.History;
import io.sluice.testing.history.HistoryChecker;
import io.sluice.testing.history.Row;
import io.sluice.testing.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster in which everybody shows a certificate to everybody. Rows are written, followed, sealed
 * and compacted while an owner of buckets and a bookie are killed, and while certificates and their
 * CA are replaced; whoever has none is refused at each port.
 */
@Tag("chaos")
@Timeout(900)
@SuppressWarnings("NullAway.Init")
class SecuredClusterIT {

  private static final int BUCKETS = 4;
  private static final long LIMIT_S = 120;

  @TempDir Path folder;

  private final History history = new History();
  private final List<Load> writers = new ArrayList<>();
  private final List<FollowLoad> followers = new ArrayList<>();
  private TestAuthority first;
  private TestAuthority second;
  private SecuredCluster cluster;
  private SecuredPorts ports;

  @BeforeEach
  void start() throws Exception {
    first = TestAuthority.create(Files.createDirectory(folder.resolve("first")), "first");
    second = TestAuthority.create(Files.createDirectory(folder.resolve("second")), "second");
    cluster = new SecuredCluster(folder, first);
    ports = new SecuredPorts(cluster);
  }

  @AfterEach
  void stop() throws Exception {
    writers.forEach(Load::close);
    followers.forEach(Load::close);
    cluster.close();
  }

  @Test
  void rowsGoOnWhileOwnersAreKilledAndCertificatesAreReplaced() throws Exception {
    ports.refuse(second);
    try (SluiceClient client = connect(String.join(",", cluster.gateways()), cluster.security())) {
      ChaosTable table = ChaosTable.create(client, BUCKETS);
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        writers.add(new FlightLoad(client, history, bucket, bucket, 1));
        followers.add(new FollowLoad(client, history, bucket, 1));
      }
      writers.forEach(Load::start);
      followers.forEach(Load::start);
      awaitRows();
      killAndRestart("gateway-1");
      killAndRestart("bookie-1");
      List<Long> before = cluster.pids();
      replaceAll();
      assertThat(cluster.pids()).as("parts that were not started anew").isEqualTo(before);
      end(table);
      check(table);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(cluster.lastLines(), e);
    }
  }

  static SluiceClient connect(String gateways, ClientSecurity security) {
    String endpoints = "grpc+tls://" + gateways.replace(",", ",grpc+tls://");
    return SluiceClient.connect(
        ClientSettings.of(endpoints).withRetryFor(Duration.ofMinutes(2)).with(security));
  }

  /** Ends a part as a power cut would: its buckets and segments go on elsewhere. */
  private void killAndRestart(String part) throws Exception {
    cluster.kill(part);
    awaitRows();
    cluster.restart(part);
    awaitRows();
  }

  /** Replaces the certificates, then their CA in the steps that the documentation has. */
  private void replaceAll() throws Exception {
    reissue(first);
    cluster.trust(first, second);
    cutAll();
    reissue(second);
    cluster.trust(second);
    cutAll();
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (true) {
      try {
        ports.refuse(first);
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() > giveUpAt) {
          throw e;
        }
      }
    }
  }

  private void reissue(TestAuthority by) throws Exception {
    List<String> servers = new ArrayList<>(cluster.gateways());
    servers.add(cluster.zooKeeper());
    List<String> before = shown(servers);
    cluster.issueBy(by);
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    for (int i = 0; i < servers.size(); i++) {
      while (ports.shownBy(servers.get(i)).equals(before.get(i))) {
        assertThat(System.nanoTime())
            .as("%s shows the old certificate", servers.get(i))
            .isLessThan(giveUpAt);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    cutAll();
  }

  private List<String> shown(List<String> servers) throws IOException {
    List<String> all = new ArrayList<>();
    for (String server : servers) {
      all.add(ports.shownBy(server));
    }
    return all;
  }

  private void cutAll() {
    cluster.cut();
    awaitRows();
  }

  /** Waits until rows that are sent from now on were seen in each bucket. */
  private void awaitRows() {
    Map<History.Stream, Long> sent = history.sent();
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      long next = sent.getOrDefault(new History.Stream(bucket, bucket), 0L);
      while (lastSeen(bucket) < next) {
        requireFine();
        assertThat(System.nanoTime()).as("rows of bucket %d", bucket).isLessThan(giveUpAt);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }

  /** Returns the number of the last row that a bucket's follower saw; -1 if it saw none. */
  private long lastSeen(int bucket) {
    List<Row> rows = history.seen().getOrDefault("follower-" + bucket + "-1", List.of());
    return rows.isEmpty() ? -1 : rows.get(rows.size() - 1).n();
  }

  private void requireFine() {
    List<Load> all = new ArrayList<>(writers);
    all.addAll(followers);
    for (Load one : all) {
      one.failure()
          .ifPresent(
              failure -> {
                throw new AssertionError("a load gave up", failure);
              });
    }
  }

  private void end(ChaosTable table) throws Exception {
    writers.forEach(Load::stop);
    for (Load writer : writers) {
      writer.join();
    }
    requireFine();
    List<Long> watermarks = table.watermarks();
    followers.forEach(follower -> follower.stopAt(watermarks.get(follower.bucket())));
    for (FollowLoad follower : followers) {
      follower.join();
    }
    requireFine();
  }

  /** Each acknowledged row is there once, and log and lake have the same. */
  private void check(ChaosTable table) throws Exception {
    List<Row> log = table.log();
    assertThat(log).hasSizeGreaterThan(100);
    assertThat(HistoryChecker.check(history, log)).isEmpty();
    assertThat(table.flush().inLake()).isTrue();
    ClientSecurity security = cluster.security();
    Map<String, String> properties =
        Map.of(
            "token",
            security.credentials().current().orElseThrow(),
            "rest.client.tls.configurer-impl",
            "io.sluice.flink.lake.LakeTls",
            "sluice.tls.ca",
            security.ca(),
            "sluice.tls.certificate",
            security.certificate(),
            "sluice.tls.key",
            security.key());
    String gateway = "https://" + cluster.gateways().get(1);
    assertThat(HistoryChecker.same("union", log, table.union(gateway, properties))).isEmpty();
  }
}
