package io.sluice.log.bookie;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.bookie.Bookies.Bookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bookies on folders that they know, and on those that they must not be started on. */
@Timeout(120)
class RunningBookieTest {

  private static final Duration SESSION = Duration.ofSeconds(4);
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  private final List<AutoCloseable> running = new ArrayList<>();
  private String metadataUri = "";

  @BeforeEach
  void startZooKeeper() throws Exception {
    metadataUri = newCluster("zookeeper");
  }

  @AfterEach
  void stopAll() throws Exception {
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
  }

  @Test
  void aBookieComesBackOnItsFolders() throws Exception {
    start("a").close();
    assertThat(start("a").port()).isPositive();
    assertThat(states()).containsExactly("a UP");
  }

  @Test
  void anEmptiedFolderIsRefusedUnderItsOldId() throws Exception {
    start("a").close();
    empty(folder.resolve("a/ledgers"));
    assertThatThrownBy(() -> start("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has been in this cluster before")
        .hasMessageContaining("a/ledgers is empty")
        .hasMessageContaining("sluice bookie decommission a");
    empty(folder.resolve("a/journal"));
    assertThatThrownBy(() -> start("a")).hasMessageContaining("a/ledgers are empty");
  }

  @Test
  void aFolderOfAnotherBookieIsRefused() throws Exception {
    start("a").close();
    assertThatThrownBy(() -> start("b", folder.resolve("a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("written by another bookie")
        .hasMessageContaining("Start it with the id");
  }

  @Test
  void aFolderOfAnotherClusterIsRefused() throws Exception {
    start("a").close();
    metadataUri = newCluster("other");
    start("b");
    assertThatThrownBy(() -> start("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in another cluster");
  }

  @Test
  void aLostBookieIsDecommissionedOnceItsEntriesAreElsewhere() throws Exception {
    start("a");
    RunningBookie lost = start("b");
    try (BookKeeperSegmentStore store = connect();
        Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri))) {
      SegmentWriter writer = create(store, new Replication(2, 2, 2));
      writer.add(Unpooled.copiedBuffer("kept", UTF_8)).get(30, TimeUnit.SECONDS);
      writer.seal().get(30, TimeUnit.SECONDS);
      start("c");
      assertThatThrownBy(() -> bookies.decommission("b", Duration.ofSeconds(30), line -> {}))
          .hasMessageContaining("is up at 127.0.0.1:" + lost.port());
      lost.close();
      List<String> progress = new ArrayList<>();
      bookies.decommission("b", Duration.ofSeconds(30), progress::add);
      assertThat(progress).first().isEqualTo("1 segments have a copy on bookie b");
      assertThat(states()).containsExactly("a UP", "c UP");
      try (SegmentReader reader = store.open(writer.ledgerId()).get(30, TimeUnit.SECONDS)) {
        assertThat(reader.read(0, 1).get(30, TimeUnit.SECONDS)).hasSize(1);
      }
      assertThatThrownBy(() -> bookies.decommission("b", SESSION, line -> {}))
          .hasMessageContaining("knows no bookie b");
      assertThatThrownBy(() -> start("b")).hasMessageContaining("it was decommissioned");
    }
  }

  @Test
  void segmentsThatLackCopiesAreCountedUntilTheyHaveThemAgain() throws Exception {
    start("a");
    RunningBookie lost = start("b");
    try (BookKeeperSegmentStore store = connect();
        Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri))) {
      for (int i = 0; i < 2; i++) {
        SegmentWriter writer = create(store, new Replication(2, 2, 2));
        writer.add(Unpooled.copiedBuffer("kept", UTF_8)).get(30, TimeUnit.SECONDS);
        writer.seal().get(30, TimeUnit.SECONDS);
      }
      assertThat(bookies.lackingCopies()).isZero();
      RecoverySettings atOnce = new RecoverySettings(Duration.ZERO, Duration.ofSeconds(1));
      running.add(AutoRecovery.start(atOnce, BookKeeperSettings.of(metadataUri), SESSION));
      lost.close();
      await(bookies, 2);
      start("c");
      await(bookies, 0);
    }
  }

  private static void await(Bookies bookies, long lacking) throws Exception {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (bookies.lackingCopies() != lacking) {
      assertThat(System.nanoTime()).as("segments that lack copies").isLessThan(giveUpAt);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  @Test
  void aSegmentIsMadeWithFewerCopiesWhileTooFewBookiesAreUp() throws Exception {
    start("a");
    start("b");
    try (BookKeeperSegmentStore store = connect()) {
      SegmentWriter writer = create(store, Replication.CLUSTER);
      assertThat(writer.add(Unpooled.copiedBuffer("two", UTF_8)).get(30, TimeUnit.SECONDS))
          .isZero();
      assertThatThrownBy(() -> create(store, new Replication(3, 3, 3)))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              SegmentException.class,
              failure -> assertThat(failure.kind()).isEqualTo(SegmentException.Kind.UNAVAILABLE));
    }
  }

  @Test
  void aBookieIsReachedAtTheHostThatItAdvertises() throws Exception {
    RunningBookie bookie = start("a", folder.resolve("a"), "localhost");
    try (Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri));
        BookKeeperSegmentStore store = connect()) {
      assertThat(bookies.list().get(0).address()).isEqualTo("localhost:" + bookie.port());
      SegmentWriter writer = create(store, new Replication(1, 1, 1));
      assertThat(writer.add(Unpooled.copiedBuffer("there", UTF_8)).get(30, TimeUnit.SECONDS))
          .isZero();
    }
  }

  private String newCluster(String name) throws Exception {
    EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve(name), "127.0.0.1", 0);
    running.add(zooKeeper);
    return BookKeeperSettings.uriOf(zooKeeper.connectString());
  }

  private RunningBookie start(String id) throws Exception {
    return start(id, folder.resolve(id));
  }

  private RunningBookie start(String id, Path data) throws Exception {
    return start(id, data, "");
  }

  private RunningBookie start(String id, Path data, String advertisedHost) throws Exception {
    BookieSettings small =
        new BookieSettings(
            id,
            "127.0.0.1",
            0,
            advertisedHost,
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
    RunningBookie bookie = RunningBookie.start(small, data, metadataUri, SESSION);
    running.add(bookie);
    return bookie;
  }

  private List<String> states() throws Exception {
    try (Bookies bookies = Bookies.connect(BookKeeperSettings.of(metadataUri))) {
      return bookies.list().stream().map(RunningBookieTest::state).toList();
    }
  }

  private static String state(Bookie bookie) {
    return bookie.id() + " " + bookie.state();
  }

  private BookKeeperSegmentStore connect() throws Exception {
    return BookKeeperSegmentStore.connect(BookKeeperSettings.of(metadataUri));
  }

  private static SegmentWriter create(BookKeeperSegmentStore store, Replication replication)
      throws Exception {
    return store
        .create(new SegmentId(UUID.randomUUID(), 0, 1), replication)
        .get(30, TimeUnit.SECONDS);
  }

  private static void empty(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all =
          found.sorted(Comparator.reverseOrder()).filter(path -> !path.equals(directory)).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
