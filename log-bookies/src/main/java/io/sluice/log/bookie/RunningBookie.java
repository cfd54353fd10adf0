package io.sluice.log.bookie;

import io.sluice.log.bookie.metrics.BookKeeperFigures;
import io.sluice.log.bookie.metrics.MetricsServer;
import io.sluice.log.bookie.metrics.MetricsSettings;
import io.sluice.log.bookie.rack.PlacementSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.common.component.LifecycleComponentStack;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.jspecify.annotations.Nullable;

/** One bookie in this JVM, on one folder. Thread-safe. */
public final class RunningBookie implements AutoCloseable {

  private final LifecycleComponentStack components;
  private final ServerConfiguration configuration;
  private final AdvertisedDriver metadata;
  private final @Nullable MetricsServer metrics;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  private RunningBookie(
      LifecycleComponentStack components,
      ServerConfiguration configuration,
      AdvertisedDriver metadata,
      @Nullable MetricsServer metrics) {
    this.components = components;
    this.configuration = configuration;
    this.metadata = metadata;
    this.metrics = metrics;
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
    ServerConfiguration conf = BookieConfigurations.of(settings, folder, metadataUri);
    return start(
        settings, PlacementSettings.DEFAULT, MetricsSettings.NONE, folder, conf, sessionTimeout);
  }

  /** Starts one likewise that has no others, and one gateway as its only client. */
  static RunningBookie startAlone(
      BookieSettings settings, Path folder, String metadataUri, Duration sessionTimeout)
      throws IOException, InterruptedException {
    ServerConfiguration conf = BookieConfigurations.alone(settings, folder, metadataUri);
    return start(
        settings, PlacementSettings.DEFAULT, MetricsSettings.NONE, folder, conf, sessionTimeout);
  }

  /**
   * Starts it likewise, in a rack.
   *
   * @param placement of which its rack is told to the others
   * @param metrics where it tells how it does
   */
  public static RunningBookie start(
      BookieSettings settings,
      PlacementSettings placement,
      MetricsSettings metrics,
      Path folder,
      String metadataUri,
      Duration sessionTimeout)
      throws IOException, InterruptedException {
    ServerConfiguration conf = BookieConfigurations.of(settings, folder, metadataUri);
    return start(settings, placement, metrics, folder, conf, sessionTimeout);
  }

  private static RunningBookie start(
      BookieSettings settings,
      PlacementSettings placement,
      MetricsSettings metrics,
      Path folder,
      ServerConfiguration conf,
      Duration sessionTimeout)
      throws IOException, InterruptedException {
    conf.setZkTimeout((int) sessionTimeout.toMillis());
    Files.createDirectories(Path.of(conf.getJournalDirNames()[0]));
    Files.createDirectories(Path.of(conf.getLedgerDirNames()[0]));
    try {
      BookieRegistration.makeCluster(conf);
      BookieRegistration.check(conf);
      return start(
          conf,
          AdvertisedDriver.connect(conf, settings.reachableHost(), placement.rack()),
          metrics);
    } catch (InterruptedException | BookieRegistration.RefusedException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          "bookie "
              + settings.bookieId()
              + " can't start on "
              + folder
              + " with "
              + conf.getMetadataServiceUriUnchecked()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static RunningBookie start(
      ServerConfiguration conf, AdvertisedDriver metadata, MetricsSettings metrics)
      throws Exception {
    BookKeeperFigures figures = new BookKeeperFigures(BookKeeperFigures.BOOKIE);
    MetricsServer served = null;
    try {
      if (metrics.enabled()) {
        // First, so that the replay of a long journal can be watched.
        served = MetricsServer.start(metrics, "bookie.metrics", figures, folders(conf));
      }
      EmbeddedServer.Builder builder =
          EmbeddedServer.builder(new BookieConfiguration(conf)).metadataDriver(metadata);
      EmbeddedServer server =
          (metrics.enabled() ? builder.statsProvider(figures) : builder).build();
      LifecycleComponentStack components = server.getLifecycleComponentStack();
      RunningBookie bookie = new RunningBookie(components, conf, metadata, served);
      components.setExceptionHandler((thread, cause) -> bookie.ended.complete(cause));
      components.start();
      return bookie;
    } catch (Exception | Error e) {
      metadata.close();
      if (served != null) {
        served.close();
      }
      throw e;
    }
  }

  private static Map<String, Path> folders(ServerConfiguration conf) {
    return Map.of(
        "journal", Path.of(conf.getJournalDirNames()[0]),
        "ledgers", Path.of(conf.getLedgerDirNames()[0]));
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
    if (metrics != null) {
      metrics.close();
    }
  }
}
