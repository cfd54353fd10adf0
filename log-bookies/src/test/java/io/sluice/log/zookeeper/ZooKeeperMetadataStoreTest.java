package io.sluice.log.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore.Watch;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.Ports;
import io.sluice.log.bookie.StandaloneBookie;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ZooKeeper's sessions add to the contract, which is tested elsewhere. */
@Timeout(120)
class ZooKeeperMetadataStoreTest {

  private static final byte[] VALUE = "value".getBytes(UTF_8);

  @TempDir Path folder;

  @Test
  void anExpiredSessionIsReplacedAndItsEphemeralValuesAreMadeAgain() throws Exception {
    try (StandaloneBookie bookie = StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT);
        ZooKeeperMetadataStore store = connect(bookie.zooKeeper());
        ZooKeeperMetadataStore other = connect(bookie.zooKeeper())) {
      CountDownLatch lost = new CountDownLatch(1);
      store.onSessionLost(lost::countDown);
      store.createEphemeral("/gateways/one", VALUE).get(30, TimeUnit.SECONDS);
      LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
      Watch watch = store.watch("/tables", () -> changes.add("changed"));
      assertThat(changes.poll(30, TimeUnit.SECONDS)).isNotNull();
      expire(store, bookie.zooKeeper());
      assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
      awaitOwner(other, "/gateways/one");
      assertThat(changes.poll(30, TimeUnit.SECONDS)).as("armed in the new session").isNotNull();
      changes.clear();
      other.create("/tables/t", VALUE).get(30, TimeUnit.SECONDS);
      assertThat(changes.poll(30, TimeUnit.SECONDS)).as("after the new session").isNotNull();
      watch.close();
      store.create("/after", VALUE).get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSessionThatIsCutOffIsLostByItsOwnTimerAndGoesOnAfterARestart() throws Exception {
    int port = Ports.free();
    ZooKeeperMetadataStore store;
    LinkedBlockingQueue<String> lost = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<String> changes = new LinkedBlockingQueue<>();
    try (StandaloneBookie bookie = StandaloneBookie.start(folder, port, BookieSettings.DEFAULT)) {
      store = connect(bookie.zooKeeper());
      store.onSessionLost(() -> lost.add("lost"));
      store.create("/a", VALUE).get(30, TimeUnit.SECONDS);
      store.createEphemeral("/gateways/one", VALUE).get(30, TimeUnit.SECONDS);
      store.watch("/a", () -> changes.add("changed"));
    }
    try (store) {
      assertThat(lost.poll(30, TimeUnit.SECONDS)).as("told without ZooKeeper").isNotNull();
      assertThatThrownBy(() -> store.replace("/a", VALUE, 0).get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              ExecutionException.class, e -> assertThat(kind(e)).isEqualTo(Kind.UNKNOWN));
      assertThatThrownBy(() -> store.read("/a").get(60, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              ExecutionException.class, e -> assertThat(kind(e)).isEqualTo(Kind.UNAVAILABLE));
      changes.clear();
      try (StandaloneBookie bookie = StandaloneBookie.start(folder, port, BookieSettings.DEFAULT);
          ZooKeeperMetadataStore other = connect(bookie.zooKeeper())) {
        awaitOwner(other, "/gateways/one");
        assertThat(store.read("/a").get(60, TimeUnit.SECONDS)).isPresent();
        assertThat(changes.poll(30, TimeUnit.SECONDS)).as("a change may be missed").isNotNull();
      }
    }
  }

  @Test
  void aZooKeeperThatIsNotThereIsUnavailable() throws Exception {
    ZooKeeperSettings nobody =
        new ZooKeeperSettings(
            "127.0.0.1:" + Ports.free(), "/x", Duration.ofSeconds(2), Duration.ofSeconds(1));
    assertThatThrownBy(() -> ZooKeeperMetadataStore.connect(nobody))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
  }

  private static ZooKeeperMetadataStore connect(String zooKeeper) throws Exception {
    return ZooKeeperMetadataStore.connect(
        new ZooKeeperSettings(zooKeeper, "/test", Duration.ofSeconds(4), Duration.ofSeconds(3)));
  }

  /** Ends the store's session as if ZooKeeper had not heard of it: another client closes it. */
  private static void expire(ZooKeeperMetadataStore store, String zooKeeper) throws Exception {
    ZooKeeper victim = store.session().client();
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper twin =
        new ZooKeeper(
            zooKeeper,
            4_000,
            event -> connected.countDown(),
            victim.getSessionId(),
            victim.getSessionPasswd());
    assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
    twin.close();
  }

  /** Waits until there is a value at {@code path}. */
  private static void awaitOwner(ZooKeeperMetadataStore other, String path) throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    Runnable look =
        () -> {
          var unused =
              other
                  .read(path)
                  .thenAccept(
                      value -> {
                        if (value.isPresent()) {
                          there.countDown();
                        }
                      });
        };
    Watch watch = other.watch(path, look);
    assertThat(there.await(60, TimeUnit.SECONDS)).as(path).isTrue();
    watch.close();
  }

  private static Kind kind(ExecutionException e) {
    assertThat(e.getCause()).isInstanceOf(MetadataException.class);
    return e.getCause() instanceof MetadataException failure ? failure.kind() : Kind.EXISTS;
  }
}
