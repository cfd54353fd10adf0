package io.sluice.testing.bookies;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.log.bookie.BookieSettings;
import io.sluice.log.bookie.StandaloneBookie;
import io.sluice.log.bookkeeper.BookKeeperSegmentStore;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.zookeeper.ZooKeeperMetadataStore;
import io.sluice.log.zookeeper.ZooKeeperSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One ZooKeeper and one bookie for all tests of a JVM, on free ports and in a folder of their own,
 * started by the first test class that asks:
 *
 * <pre>{@code
 * @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();
 * }</pre>
 *
 * <p>Ledgers are shared among the tests; metadata are not, as each {@link #newRoot} is another one.
 */
public final class EmbeddedBookies implements BeforeAllCallback {

  private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  private @Nullable Shared shared;

  /** What runs, once per JVM. */
  private record Shared(Path folder, StandaloneBookie bookie) implements AutoCloseable {

    static Shared start() {
      try {
        Path folder = Files.createTempDirectory("sluice-bookies");
        return new Shared(folder, StandaloneBookie.start(folder, 0, BookieSettings.DEFAULT));
      } catch (IOException e) {
        throw new IllegalStateException("no bookie for the tests: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted before there was a bookie", e);
      }
    }

    @Override
    public void close() throws IOException {
      bookie.close();
      List<Path> all;
      try (Stream<Path> found = Files.walk(folder)) {
        all = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            // Where several JVMs run tests, each class is an execution with a root of its own.
            .getStore(
                ExtensionContext.StoreScope.LAUNCHER_SESSION,
                ExtensionContext.Namespace.create(EmbeddedBookies.class))
            .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
  }

  /** Returns ZooKeeper's {@code host:port}. */
  public String zooKeeper() {
    return running().zooKeeper();
  }

  /** Returns the URI of the ledgers' metadata. */
  public String metadataUri() {
    return running().metadataUri();
  }

  /** Returns another client of the bookie; the caller closes it. */
  public BookKeeperSegmentStore newSegmentStore() throws SegmentException, InterruptedException {
    return BookKeeperSegmentStore.connect(BookKeeperSettings.of(metadataUri()));
  }

  /** Returns a place in ZooKeeper that nobody uses. */
  public String newRoot() {
    return "/test-" + UUID.randomUUID();
  }

  /** Returns another session below {@code root}; the caller closes it. */
  public ZooKeeperMetadataStore newMetadataStore(String root)
      throws MetadataException, InterruptedException {
    return ZooKeeperMetadataStore.connect(
        new ZooKeeperSettings(zooKeeper(), root, SESSION_TIMEOUT, CALL_TIMEOUT));
  }

  private StandaloneBookie running() {
    Shared current = shared;
    if (current == null) {
      throw new IllegalStateException("EmbeddedBookies must be a static @RegisterExtension field");
    }
    return current.bookie();
  }
}
