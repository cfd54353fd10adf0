package io.sluice.log.bookie;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StandaloneBookieTest {

  private static final Pattern READY =
      Pattern.compile("ready zookeeper=(\\S+:\\d+) bookie=\\S+:\\d+");
  private static final Duration WELL_BELOW_A_SESSION_TIMEOUT = Duration.ofSeconds(8);

  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    long ledgerId;
    Process process = spawn();
    try {
      String zooKeeper = awaitReady(process);
      try (BookKeeperSegmentStore store = connect(BookKeeperSettings.uriOf(zooKeeper))) {
        SegmentWriter writer = create(store);
        ledgerId = writer.ledgerId();
        for (int i = 0; i < 100; i++) {
          writer.add(Unpooled.copiedBuffer("entry " + i, UTF_8)).get(30, TimeUnit.SECONDS);
        }
        kill(process);
      }
    } finally {
      kill(process);
    }
    long before = System.nanoTime();
    try (StandaloneBookie again = StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT);
        BookKeeperSegmentStore store = connect(again.metadataUri())) {
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("the sessions of the dead process don't delay the next")
          .isLessThan(WELL_BELOW_A_SESSION_TIMEOUT);
      Sealed sealed = store.recover(ledgerId).get(30, TimeUnit.SECONDS);
      assertThat(sealed.lastEntryId()).isEqualTo(99);
      assertThat(text(store, ledgerId, 99)).isEqualTo("entry 99");
    }
  }

  @Test
  void aCleanRestartKeepsLedgersAndTakesNewOnes() throws Exception {
    long ledgerId;
    try (StandaloneBookie bookie = StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT);
        BookKeeperSegmentStore store = connect(bookie.metadataUri())) {
      SegmentWriter writer = create(store);
      ledgerId = writer.ledgerId();
      writer.add(Unpooled.copiedBuffer("kept", UTF_8)).get(30, TimeUnit.SECONDS);
      writer.seal().get(30, TimeUnit.SECONDS);
    }
    try (StandaloneBookie bookie = StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT);
        BookKeeperSegmentStore store = connect(bookie.metadataUri())) {
      assertThat(text(store, ledgerId, 0)).isEqualTo("kept");
      SegmentWriter writer = create(store);
      assertThat(writer.ledgerId()).isGreaterThan(ledgerId);
      assertThat(writer.add(Unpooled.copiedBuffer("new", UTF_8)).get(30, TimeUnit.SECONDS))
          .isZero();
    }
  }

  @Test
  void aFolderInUseIsRefused() throws Exception {
    try (StandaloneBookie running = StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT)) {
      assertThat(running.bookiePort()).isPositive();
      assertThatThrownBy(() -> StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  private Process spawn() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            StandaloneBookieMain.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Returns ZooKeeper's {@code host:port} once the bookie takes adds. */
  private static String awaitReady(Process process) throws IOException {
    BufferedReader output = process.inputReader(UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher ready = READY.matcher(line);
      if (ready.matches()) {
        return ready.group(1);
      }
    }
    throw new AssertionError("the bookie ended before it was ready");
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private static BookKeeperSegmentStore connect(String metadataUri) throws Exception {
    return BookKeeperSegmentStore.connect(BookKeeperSettings.of(metadataUri));
  }

  private static SegmentWriter create(BookKeeperSegmentStore store) throws Exception {
    SegmentId id = new SegmentId(UUID.randomUUID(), 0, 1);
    return store.create(id, Replication.STANDALONE).get(30, TimeUnit.SECONDS);
  }

  private static String text(BookKeeperSegmentStore store, long ledgerId, long entryId)
      throws Exception {
    try (SegmentReader reader = store.open(ledgerId).get(30, TimeUnit.SECONDS)) {
      List<ByteBuf> entries = reader.read(entryId, entryId + 1).get(30, TimeUnit.SECONDS);
      String text = entries.get(0).toString(UTF_8);
      entries.get(0).release();
      return text;
    }
  }
}
