package io.sluice.log.bookie.rack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.bookie.AutoRecovery;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.BookieTls;
import io.sluice.log.bookie.Bookies;
import io.sluice.log.bookie.EmbeddedZooKeeper;
import io.sluice.log.bookie.RecoverySettings;
import io.sluice.log.bookie.RunningBookie;
import io.sluice.log.bookie.metrics.MetricsSettings;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies are in as many racks as was asked, whichever bookies there are. */
@Timeout(120)
class RackPlacementTest {

  private static final Duration SESSION = Duration.ofSeconds(4);
  private static final long MIB = 1 << 20;
  private static final PlacementSettings THREE_RACKS = new PlacementSettings("", 3);

  @TempDir Path folder;

  private final List<AutoCloseable> running = new ArrayList<>();
  private String metadataUri = "";
  private @Nullable BookKeeperAdmin admin;

  @BeforeEach
  void startZooKeeper() throws Exception {
    EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zk"), "127.0.0.1", 0);
    running.add(zooKeeper);
    metadataUri = BookKeeperSettings.uriOf(zooKeeper.connectString());
  }

  @AfterEach
  void stopAll() throws Exception {
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
  }

  @Test
  void eachCopyIsInARackOfItsOwn() throws Exception {
    start("a1", "a");
    start("a2", "a");
    start("b1", "b");
    start("c1", "c");
    try (BookKeeperSegmentStore store = connect(THREE_RACKS)) {
      // Without racks, half of the ensembles would be like this; all of twelve next to never.
      for (int i = 0; i < 12; i++) {
        assertThat(racks(create(store, Replication.CLUSTER))).containsExactly("a", "b", "c");
      }
    }
    try (Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri))) {
      assertThat(bookies.list()).extracting(Bookies.Bookie::rack).contains("a", "b", "c");
    }
  }

  @Test
  void withoutOneRackAnAcknowledgementStillHasTwo() throws Exception {
    start("a1", "a");
    start("a2", "a");
    start("b1", "b");
    try (BookKeeperSegmentStore store = connect(THREE_RACKS)) {
      for (int i = 0; i < 6; i++) {
        SegmentWriter writer = create(store, Replication.CLUSTER);
        assertThat(racks(writer)).containsExactly("a", "b");
        assertThat(writer.add(Unpooled.copiedBuffer("two", UTF_8)).get(30, TimeUnit.SECONDS))
            .isZero();
      }
    }
  }

  @Test
  void oneRackAloneIsRefusedWithTheReason() throws Exception {
    start("a1", "a");
    start("a2", "a");
    start("a3", "a");
    try (BookKeeperSegmentStore store = connect(THREE_RACKS)) {
      assertThatThrownBy(() -> create(store, Replication.CLUSTER))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasMessageContaining("on bookies of 2 racks")
          .hasMessageContaining("placement.min-racks")
          .isInstanceOfSatisfying(
              SegmentException.class,
              failure -> assertThat(failure.kind()).isEqualTo(SegmentException.Kind.UNAVAILABLE));
    }
    try (BookKeeperSegmentStore store = connect(PlacementSettings.DEFAULT)) {
      assertThat(racks(create(store, Replication.CLUSTER))).containsExactly("a");
    }
  }

  @Test
  void copiesThatAreMadeAgainAreInTheRackOfThoseThatWereLost() throws Exception {
    RunningBookie lost = start("a1", "a");
    start("b1", "b");
    start("c1", "c");
    try (BookKeeperSegmentStore store = connect(THREE_RACKS);
        Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri), THREE_RACKS)) {
      SegmentWriter writer = create(store, Replication.CLUSTER);
      writer.add(Unpooled.copiedBuffer("kept", UTF_8)).get(30, TimeUnit.SECONDS);
      writer.seal().get(30, TimeUnit.SECONDS);
      start("b2", "b");
      start("b3", "b");
      start("a2", "a");
      lost.close();
      bookies.decommission("a1", Duration.ofSeconds(30), line -> {});
      assertThat(racks(writer)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void autorecoveryPlacesByRacksToo() throws Exception {
    start("a1", "a");
    AutoRecovery recovery =
        AutoRecovery.start(
            RecoverySettings.DEFAULT,
            THREE_RACKS,
            MetricsSettings.NONE,
            BookKeeperSettings.of(metadataUri),
            SESSION);
    recovery.close();
    assertThat(recovery.ended()).isNotCompletedExceptionally();
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new PlacementSettings("a/b", 1)).hasMessageContaining("'a/b'");
    assertThatThrownBy(() -> new PlacementSettings("", 0)).hasMessageContaining("1 to 16: 0");
    assertThat(THREE_RACKS.racksOf(2)).isEqualTo(2);
  }

  private Set<String> racks(SegmentWriter writer) throws Exception {
    Set<String> racks = new TreeSet<>();
    admin()
        .getLedgerMetadata(admin().openLedgerNoRecovery(writer.ledgerId()))
        .getAllEnsembles()
        .values()
        .forEach(ids -> ids.forEach(id -> racks.add(id.toString().substring(0, 1))));
    return racks;
  }

  private BookKeeperAdmin admin() throws Exception {
    if (admin == null) {
      ClientConfiguration conf = new ClientConfiguration();
      conf.setMetadataServiceUri(metadataUri);
      admin = new BookKeeperAdmin(conf);
      running.add(admin);
    }
    return admin;
  }

  private RunningBookie start(String id, String rack) throws Exception {
    BookieSettings small =
        new BookieSettings(
            id,
            "127.0.0.1",
            0,
            "",
            16 * MIB,
            4 * MIB,
            MIB,
            16 * MIB,
            16 * MIB,
            Duration.ofMinutes(1),
            98,
            "",
            "",
            BookieTls.NONE);
    RunningBookie bookie =
        RunningBookie.start(
            small,
            new PlacementSettings(rack, 1),
            MetricsSettings.NONE,
            folder.resolve(id),
            metadataUri,
            SESSION);
    running.add(bookie);
    return bookie;
  }

  private BookKeeperSegmentStore connect(PlacementSettings placement) throws Exception {
    return BookKeeperSegmentStore.connect(BookKeeperSettings.of(metadataUri), placement);
  }

  private static SegmentWriter create(BookKeeperSegmentStore store, Replication replication)
      throws Exception {
    return store
        .create(new SegmentId(UUID.randomUUID(), 0, 1), replication)
        .get(30, TimeUnit.SECONDS);
  }
}
