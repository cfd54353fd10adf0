package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.level.GatewayRegistry;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.RegisteredGateway;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.cli.cluster.TestCluster;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import io.sluice.testing.history.Row;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A cluster of an earlier version is upgraded part by part, and one gateway back and forth, while
 * rows come in and are followed. Versions serve each other's clients meanwhile; what the earlier
 * one wouldn't understand is refused until the last gateway of it is gone. In the end each
 * acknowledged row is there once, in order, and all readers saw the same.
 *
 * <p>{@code -Dprevious.home=FOLDER}: a checkout of the earlier version, whose {@code ./sluice} has
 * run once, or its unpacked distribution.
 */
@Tag("upgrade")
@Timeout(1_200)
class UpgradeIT {

  private static final int BUCKETS = 4;
  private static final int ACKS = 200;
  private static final long LIMIT_SECONDS = 120;
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final String COMPRESSION = "{\"log.compression\":\"zstd\"}";
  private static final String MORE_BUCKETS = "{\"bucket.count\":" + 2 * BUCKETS + "}";

  @RegisterExtension
  private final TestCluster cluster =
      TestCluster.of(3, 3)
          .ofPrevious(previousHome())
          .with(
              "zookeeper.session-timeout=4s",
              "gateway.log.add-timeout=5s",
              "compactor.schedule-every=1s",
              "compactor.commit-every=0ms");

  /** That of the previous version, which doesn't tell it, and that of this one. */
  private static final int OLD = Levels.FIRST;

  private static final int NEW = Levels.OWN;

  private final List<String> done = new ArrayList<>();

  private static Path previousHome() {
    String given = System.getProperty("previous.home");
    if (given == null) {
      throw new AssertionError(
          "-Dprevious.home=FOLDER is missing: a checkout of an earlier version");
    }
    Path home = Path.of(given).toAbsolutePath();
    Path built = home.resolve("cli").resolve("target").resolve("dist");
    Path dist = Files.isDirectory(built) ? built : home;
    assertThat(dist.resolve("lib").resolve("jvm.options"))
        .as("a distribution; ./sluice --version in the checkout makes one")
        .exists();
    return dist;
  }

  @Test
  void gatewaysOfTwoVersionsServeOneClusterAndNoRowIsLostOrDoubled() throws Exception {
    ClientSettings settings =
        ClientSettings.of(String.join(",", cluster.endpoints()))
            .withRetryFor(Duration.ofMinutes(2));
    try (SluiceClient client = SluiceClient.connect(settings);
        MetadataStore store =
            ZooKeeperMetadataStore.connect(ZooKeeperSettings.of(cluster.zooKeeper()))) {
      ChaosTable table = ChaosTable.create(client, BUCKETS);
      Probe probe = Probe.create(client);
      Cast cast = new Cast(store, probe);
      try (Crowd crowd = Crowd.start(client, cluster.endpoints(), table, SEED, done::toString)) {
        upgradeAll(crowd, cast);
        crowd.end();
        List<Row> rows = crowd.check(cluster.endpoint(1));
        goBackTooLate(cast);
        assertThat(table.log()).isEqualTo(rows);
        System.out.printf(
            "upgrade: seed %d, %d batches acknowledged, %d rows: %s%n",
            SEED, crowd.ackCount(), rows.size(), done);
      }
    }
  }

  private record Cast(MetadataStore store, Probe probe) {}

  private void upgradeAll(Crowd crowd, Cast cast) throws Exception {
    awaitWork(crowd);
    awaitLevels(cast, OLD, OLD, OLD);
    upgrade("gateway-1", crowd);
    bothServe(cast, NEW, OLD, OLD);
    refusedBeside(cast, 2);
    rollBack("gateway-1", crowd);
    awaitLevels(cast, OLD, OLD, OLD);
    cast.probe().eachServesTheOther(cluster.endpoint(1), cluster.endpoint(2));
    upgrade("gateway-1", crowd);
    upgrade("gateway-2", crowd);
    bothServe(cast, NEW, NEW, OLD);
    refusedBeside(cast, 3);
    upgrade("compactor-1", crowd);
    for (int bookie = 1; bookie <= 3; bookie++) {
      upgrade("bookie-" + bookie, crowd);
    }
    upgrade("gateway-3", crowd);
    awaitLevels(cast, NEW, NEW, NEW);
    cast.probe().alter(cluster.endpoint(2), ChaosTable.NAME, COMPRESSION, 200);
    awaitWork(crowd);
    cast.probe().alter(cluster.endpoint(3), ChaosTable.NAME, MORE_BUCKETS, 200);
    awaitWork(crowd);
    upgrade("autorecovery", crowd);
  }

  private void upgrade(String part, Crowd crowd) throws Exception {
    cluster.upgrade(part);
    done.add("upgraded " + part);
    awaitWork(crowd);
  }

  private void rollBack(String part, Crowd crowd) throws Exception {
    cluster.rollBack(part);
    done.add("rolled back " + part);
    awaitWork(crowd);
  }

  /** Gateway 1 is of this version, gateway 3 of the previous one. */
  private void bothServe(Cast cast, int... levels) throws Exception {
    awaitLevels(cast, levels);
    cast.probe().eachServesTheOther(cluster.endpoint(1), cluster.endpoint(3));
  }

  /** What needs all gateways is refused by a new one, which names an old one. */
  private void refusedBeside(Cast cast, int old) throws Exception {
    for (String options : List.of(COMPRESSION, MORE_BUCKETS)) {
      assertThat(cast.probe().alter(cluster.endpoint(1), ChaosTable.NAME, options, 409))
          .contains("\"OLDER_GATEWAY\"")
          .contains("gateway " + cluster.endpoint(old) + " (gateway-")
          .contains("has level 1")
          .contains("finish the upgrade of the gateways, then ask again");
    }
  }

  /** The previous version refuses a table that it needn't understand; the others serve it all. */
  private void goBackTooLate(Cast cast) throws Exception {
    cluster.rollBack("gateway-3");
    awaitLevels(cast, NEW, NEW, OLD);
    assertThat(cast.probe().rows(cluster.endpoint(3), ChaosTable.NAME, 0))
        .satisfies(answer -> assertThat(answer.statusCode()).isGreaterThanOrEqualTo(500))
        .satisfies(
            answer -> assertThat(answer.body()).contains("is of version 2, but this Sluice"));
    for (int gateway = 1; gateway <= 2; gateway++) {
      for (int bucket = 0; bucket < 2 * BUCKETS; bucket++) {
        HttpResponse<String> rows =
            cast.probe().rows(cluster.endpoint(gateway), ChaosTable.NAME, bucket);
        assertThat(rows.statusCode()).as(rows.body()).isEqualTo(200);
      }
    }
    assertThat(cast.probe().flush(cluster.endpoint(1), ChaosTable.NAME))
        .contains("\"inLake\":true");
    cast.probe().eachServesTheOther(cluster.endpoint(1), cluster.endpoint(3));
    cluster.upgrade("gateway-3");
    awaitLevels(cast, NEW, NEW, NEW);
  }

  /** Waits until all writers got on; nobody may have given up. */
  private void awaitWork(Crowd crowd) {
    int wanted = crowd.ackCount() + ACKS;
    await("acknowledgements", () -> crowd.ackCount() >= wanted, crowd::requireFine);
  }

  /** Waits until exactly the three gateways are registered, with these levels. */
  private void awaitLevels(Cast cast, int... levels) throws Exception {
    Map<String, Integer> expected = new TreeMap<>();
    for (int i = 0; i < levels.length; i++) {
      expected.put(cluster.endpoint(i + 1), levels[i]);
    }
    GatewayRegistry registry =
        new GatewayRegistry(new BlockingMetadata(cast.store(), Duration.ofSeconds(10)));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    Map<String, Integer> found = new TreeMap<>();
    while (!found.equals(expected)) {
      assertThat(System.nanoTime()).as(expected + ", not " + found).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      found.clear();
      for (RegisteredGateway gateway : registry.level().gateways()) {
        found.put(gateway.address(), gateway.level());
      }
    }
  }

  private void await(String what, BooleanSupplier condition, Runnable check) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      check.run();
      assertThat(System.nanoTime()).as(what + ", in time, after " + done).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
