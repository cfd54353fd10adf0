package io.sluice.log.bookie;

import io.sluice.log.bookie.rack.PlacementSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;

/** One bookie in this JVM, on one folder. Thread-safe. */
public final class RunningBookie implements AutoCloseable {

  private final LifecycleComponentStack components;
  private final ServerConfiguration configuration;
  private final AdvertisedDriver metadata;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  private RunningBookie(
      LifecycleComponentStack components,
      ServerConfiguration configuration,
      AdvertisedDriver metadata) {
    this.components = components;
    this.configuration = configuration;
    this.metadata = metadata;
  }

  /**
   * Starts it with what the folder holds; returns once it takes adds. If the same bookie was killed
   * a moment ago, that is when its old session is over.
   *
   * @param folder its data folder, made if it is missing; the caller sees to it that no other
   *     process uses it
   * @param metadataUri a cluster that doesn't exist there yet is made
   * @param sessionTimeout time after which ZooKeeper counts the bookie as gone when it doesn't hear
   *     from it
   * @throws IOException if it can't start: the port is in use, the folder was emptied or belongs to
   *     another bookie or cluster, or ZooKeeper can't be reached; the message says what to do
   */
  public static RunningBookie start(
      BookieSettings settings, Path folder, String metadataUri, Duration sessionTimeout)
      throws IOException, InterruptedException {
    return start(settings, PlacementSettings.DEFAULT, folder, metadataUri, sessionTimeout);
  }

  /**
   * Starts it likewise, in a rack.
   *
   * @param placement of which its rack is told to the others
   */
  public static RunningBookie start(
      BookieSettings settings,
      PlacementSettings placement,
      Path folder,
      String metadataUri,
      Duration sessionTimeout)
      throws IOException, InterruptedException {
    ServerConfiguration conf = BookieConfigurations.of(settings, folder, metadataUri);
    conf.setZkTimeout((int) sessionTimeout.toMillis());
    Files.createDirectories(Path.of(conf.getJournalDirNames()[0]));
    Files.createDirectories(Path.of(conf.getLedgerDirNames()[0]));
    try {
      BookieRegistration.makeCluster(conf);
      BookieRegistration.check(conf);
      return start(
          conf, AdvertisedDriver.connect(conf, settings.reachableHost(), placement.rack()));
    } catch (InterruptedException | BookieRegistration.RefusedException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          "bookie "
              + settings.bookieId()
              + " can't start on "
              + folder
              + " with "
              + metadataUri
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static RunningBookie start(ServerConfiguration conf, AdvertisedDriver metadata)
      throws Exception {
    try {
      EmbeddedServer server =
          EmbeddedServer.builder(new BookieConfiguration(conf)).metadataDriver(metadata).build();
      LifecycleComponentStack components = server.getLifecycleComponentStack();
      RunningBookie bookie = new RunningBookie(components, conf, metadata);
      components.setExceptionHandler((thread, cause) -> bookie.ended.complete(cause));
      components.start();
      return bookie;
    } catch (Exception | Error e) {
      metadata.close();
      throw e;
    }
  }

  /** Returns the TCP port that it listens on. */
  public int port() {
    return configuration.getBookiePort();
  }

  /** Returns what completes, with the reason, when the bookie stops by itself. */
  public CompletableFuture<Throwable> ended() {
    return ended;
  }

  /** Stops it; what was answered is on disk. */
  @Override
  public void close() {
    components.close();
    metadata.close();
  }
}
