package io.sluice.testing.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.sluice.log.bookie.AutoRecovery;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.BookieTls;
import io.sluice.log.bookie.EmbeddedZooKeeper;
import io.sluice.log.bookie.RecoverySettings;
import io.sluice.log.bookie.RunningBookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.bookkeeper.BookKeeperTls;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may read and write a bookie's entries, and which bookies are believed. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SecuredBookieTest {

  private static final Duration SESSION = Duration.ofSeconds(4);
  private static final Replication ONE = new Replication(1, 1, 1);
  private static final String LOCAL = "localhost";
  private static final String ADDRESS = "127.0.0.1";

  @TempDir static Path folder;

  private static final List<AutoCloseable> RUNNING = new ArrayList<>();
  private static TestAuthority authority;
  private static TestCertificate bookie;
  private static TestCertificate client;
  private static BookKeeperSettings clear;

  @BeforeAll
  static void startOne() throws Exception {
    authority = TestAuthority.create(folder, "authority");
    bookie = authority.issue("bookie", LOCAL, ADDRESS);
    client = authority.issue("client");
    EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"), ADDRESS, 0);
    RUNNING.add(zooKeeper);
    clear = BookKeeperSettings.of(BookKeeperSettings.uriOf(zooKeeper.connectString()));
    start(tls(bookie), "bookie", clear.metadataUri());
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (int i = RUNNING.size() - 1; i >= 0; i--) {
      RUNNING.get(i).close();
    }
  }

  @Test
  void entriesAreWrittenReadAndRecoveredByWhoHasACertificate() throws Exception {
    RUNNING.add(AutoRecovery.start(RecoverySettings.DEFAULT, secured(client, ""), SESSION));
    try (BookKeeperSegmentStore store = connect(client);
        BookKeeperSegmentStore other = connect(client)) {
      SegmentWriter writer = create(store);
      assertThat(add(writer)).isZero();
      assertThat(other.recover(writer.ledgerId()).get(60, TimeUnit.SECONDS).lastEntryId()).isZero();
      assertThatThrownBy(() -> add(writer)).isInstanceOf(ExecutionException.class);
      try (SegmentReader reader = other.open(writer.ledgerId()).get(60, TimeUnit.SECONDS)) {
        assertThat(reader.read(0, 1).get(60, TimeUnit.SECONDS)).hasSize(1);
      }
    }
  }

  @Test
  void clearTextIsRefusedByABookieWithTls() throws Exception {
    long ledger;
    try (BookKeeperSegmentStore store = connect(client)) {
      SegmentWriter writer = create(store);
      add(writer);
      ledger = writer.ledgerId();
    }
    try (BookKeeperSegmentStore store = BookKeeperSegmentStore.connect(clear)) {
      assertThatThrownBy(() -> add(create(store)))
          .hasMessageContaining("wants TLS and a certificate: set bookkeeper.tls.certificate");
      assertThatThrownBy(() -> store.recover(ledger).get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
  }

  @Test
  void tlsIsNotGivenUpForABookieThatSpeaksNone() throws Exception {
    String root = clear.metadataUri().replace("/ledgers", "/ledgers-in-clear-text");
    start(BookieTls.NONE, "in-clear-text", root);
    try (BookKeeperSegmentStore store =
        BookKeeperSegmentStore.connect(secured(client, "").withMetadataUri(root))) {
      assertThatThrownBy(() -> add(create(store)))
          .hasMessageContaining("see what the log says of each");
    }
  }

  @Test
  void whoseCertificateIsOfAnotherAuthorityIsRefused() throws Exception {
    TestAuthority other = TestAuthority.create(folder, "other");
    refused(connect(other.issue("stranger")));
  }

  @Test
  void certificatesAreReplacedWhileABookieRuns() throws Exception {
    TestAuthority next = TestAuthority.create(folder, "next");
    TestCertificate renewed = next.issue("renewed", LOCAL, ADDRESS);
    TestCertificate newClient = next.issue("new-client");
    refused(connect(newClient, next.certificate()));
    Files.write(authority.certificate(), Files.readAllBytes(next.certificate()), APPEND);
    bookie.replaceBy(renewed);
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isTaken(newClient, next.certificate())) {
      assertThat(System.nanoTime()).as("the new certificate is in use").isLessThan(giveUpAt);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  private static boolean isTaken(TestCertificate own, Path ca) throws Exception {
    try (BookKeeperSegmentStore store = connect(own, ca)) {
      add(create(store));
      return true;
    } catch (ExecutionException e) {
      return false;
    }
  }

  private static void refused(BookKeeperSegmentStore store) {
    try (store) {
      assertThatThrownBy(() -> add(create(store)))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("see what the log says of each");
    }
  }

  private static BookieTls tls(TestCertificate own) {
    return new BookieTls(
        own.certificate().toString(), own.key().toString(), authority.certificate().toString());
  }

  private static void start(BookieTls tls, String name, String metadataUri) throws Exception {
    RUNNING.add(
        RunningBookie.start(
            BookieSettings.DEFAULT.withTls(tls), folder.resolve(name), metadataUri, SESSION));
  }

  private static BookKeeperSegmentStore connect(TestCertificate own) throws Exception {
    return BookKeeperSegmentStore.connect(secured(own, ""));
  }

  private static BookKeeperSegmentStore connect(TestCertificate own, Path ca) throws Exception {
    return BookKeeperSegmentStore.connect(
        clear.withTls(
            new BookKeeperTls(
                own.certificate().toString(), own.key().toString(), ca.toString(), "")));
  }

  private static BookKeeperSettings secured(TestCertificate own, String peerName) {
    return clear.withTls(
        new BookKeeperTls(
            own.certificate().toString(),
            own.key().toString(),
            authority.certificate().toString(),
            peerName));
  }

  private static SegmentWriter create(BookKeeperSegmentStore store) throws Exception {
    return store.create(new SegmentId(UUID.randomUUID(), 0, 1), ONE).get(60, TimeUnit.SECONDS);
  }

  private static long add(SegmentWriter writer) throws Exception {
    return writer.add(Unpooled.copiedBuffer("row", UTF_8)).get(60, TimeUnit.SECONDS);
  }
}
