package io.sluice.compactor.maintain;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Purges;
import io.sluice.compactor.Tables;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains all tables, one after the other, on a thread of its own: no table's compaction waits
 * for it. A table that fails is looked at again with the next round; the others don't notice.
 */
public final class MaintenanceThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceThread.class);
  private static final Duration FIRST_AT_MOST = Duration.ofSeconds(30);
  private static final long CLOSE_SECONDS = 5;

  private final MaintenanceRound round;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "sluice-maintenance");
            made.setDaemon(true);
            return made;
          });

  private MaintenanceThread(MaintenanceRound round) {
    this.round = round;
  }

  /** Starts the thread; what it is given stays the caller's. */
  public static MaintenanceThread start(
      TableMaintainer maintainer, Tables tables, Purges purges, MaintenanceSettings settings) {
    MaintenanceThread started =
        new MaintenanceThread(new MaintenanceRound(maintainer, tables, purges, settings));
    long everyMs = settings.every().toMillis();
    var unused =
        started.thread.scheduleWithFixedDelay(
            started::lookThrough,
            Math.min(everyMs, FIRST_AT_MOST.toMillis()),
            everyMs,
            TimeUnit.MILLISECONDS);
    return started;
  }

  private void lookThrough() {
    try {
      var unused = round.run(Instant.MAX, (table, deadline) -> {});
    } catch (CatalogException | RuntimeException | Error e) {
      // Whatever got out of here would end the rounds without a word.
      LOG.warn("The tables can't be listed for maintenance: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops: what is going on is interrupted, which is as harmless as a crash. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("Maintenance doesn't end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
