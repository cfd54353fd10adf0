package io.sluice.log.bookie;

import io.sluice.log.bookie.metrics.BookKeeperFigures;
import io.sluice.log.bookie.metrics.MetricsServer;
import io.sluice.log.bookie.metrics.MetricsSettings;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookie.rack.RackPlacement;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.replication.AutoRecoveryMain;
import org.jspecify.annotations.Nullable;

/**
 * Watches the bookies of a cluster, and copies the entries of one that stays away to others.
 * Several may run: they elect one that watches, and all of them copy. Thread-safe.
 */
public final class AutoRecovery implements AutoCloseable {

  private final AutoRecoveryMain main;
  private final @Nullable MetricsServer metrics;
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();

  private AutoRecovery(AutoRecoveryMain main, @Nullable MetricsServer metrics) {
    this.main = main;
    this.metrics = metrics;
  }

  /** Starts it where racks don't matter. */
  public static AutoRecovery start(
      RecoverySettings settings, BookKeeperSettings ledgers, Duration sessionTimeout)
      throws IOException, InterruptedException {
    return start(
        settings, PlacementSettings.DEFAULT, MetricsSettings.NONE, ledgers, sessionTimeout);
  }

  /**
   * Starts it.
   *
   * @param placement over how many racks copies are spread
   * @param metrics where it tells what it does
   * @param ledgers the cluster's, which must be there: its first bookie makes it
   * @param sessionTimeout time after which ZooKeeper lets another one do this one's work
   * @throws IOException if the cluster's metadata can't be reached, or metrics can't be served
   */
  public static AutoRecovery start(
      RecoverySettings settings,
      PlacementSettings placement,
      MetricsSettings metrics,
      BookKeeperSettings ledgers,
      Duration sessionTimeout)
      throws IOException, InterruptedException {
    ServerConfiguration conf = new ServerConfiguration();
    conf.setMetadataServiceUri(ledgers.metadataUri());
    conf.setZkTimeout((int) sessionTimeout.toMillis());
    conf.setBookieId("autorecovery-" + UUID.randomUUID());
    conf.setNettyMaxFrameSizeBytes(BookieConfigurations.FRAME_BYTES);
    conf.setLostBookieRecoveryDelay((int) settings.lostBookieDelay().toSeconds());
    conf.setOpenLedgerRereplicationGracePeriod(
        String.valueOf(settings.openSegmentGrace().toMillis()));
    ledgers.secure(conf);
    RackPlacement.configure(conf, placement);
    BookKeeperFigures figures = new BookKeeperFigures(BookKeeperFigures.AUTORECOVERY);
    MetricsServer served = null;
    if (metrics.enabled()) {
      served = MetricsServer.start(metrics, "autorecovery.metrics", figures, Map.of());
    }
    try {
      rememberDelay(conf);
      AutoRecoveryMain main = new AutoRecoveryMain(conf, figures);
      AutoRecovery recovery = new AutoRecovery(main, served);
      main.setExceptionHandler((thread, cause) -> recovery.ended.complete(cause));
      main.start();
      return recovery;
    } catch (InterruptedException e) {
      close(served);
      throw e;
    } catch (Exception e) {
      close(served);
      throw new IOException(
          "autorecovery can't start with "
              + ledgers.metadataUri()
              + ": "
              + e.getMessage()
              + ". See that ZooKeeper is up, and that a bookie was started on it once",
          e);
    }
  }

  /** The cluster keeps the delay of its first start, and asks no configuration after that. */
  private static void rememberDelay(ServerConfiguration conf) throws Exception {
    BookKeeperAdmin admin = new BookKeeperAdmin(new ClientConfiguration(conf));
    try {
      admin.setLostBookieRecoveryDelay(conf.getLostBookieRecoveryDelay());
    } finally {
      admin.close();
    }
  }

  /** Returns what completes, with the reason, when it stops by itself. */
  public CompletableFuture<Throwable> ended() {
    return ended;
  }

  /** Stops it; what it was copying is copied by the next one. */
  @Override
  public void close() {
    main.shutdown();
    close(metrics);
  }

  private static void close(@Nullable MetricsServer metrics) {
    if (metrics != null) {
      metrics.close();
    }
  }
}
