package io.sluice.compactor.maintain;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Purges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.Tables;
import io.sluice.compactor.table.CompactionException;
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
  private static final Duration TURN = Duration.ofMinutes(5);
  private static final long CLOSE_SECONDS = 5;

  private final TableMaintainer maintainer;
  private final Tables tables;
  private final Purges purges;
  private final Duration orphanAge;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "sluice-maintenance");
            made.setDaemon(true);
            return made;
          });

  private MaintenanceThread(
      TableMaintainer maintainer, Tables tables, Purges purges, Duration orphanAge) {
    this.maintainer = maintainer;
    this.tables = tables;
    this.purges = purges;
    this.orphanAge = orphanAge;
  }

  /** Starts the thread; what it is given stays the caller's. */
  public static MaintenanceThread start(
      TableMaintainer maintainer, Tables tables, Purges purges, MaintenanceSettings settings) {
    MaintenanceThread started =
        new MaintenanceThread(maintainer, tables, purges, settings.orphanAge());
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
    purge();
    try {
      for (TableName name : tables.list()) {
        lookAt(name);
      }
    } catch (CatalogException | RuntimeException e) {
      LOG.warn("The tables can't be listed for maintenance: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Finishes purges, and deletes what compactors have left in folders of purged tables. */
  private void purge() {
    try {
      var unused = purges.again(Instant.now().minus(orphanAge));
    } catch (CatalogException | RuntimeException e) {
      LOG.warn("Dropped tables can't be purged, again with the next round: {}", e.toString());
    }
  }

  private void lookAt(TableName name) throws InterruptedException {
    try {
      Table table = tables.load(name);
      var unused = maintainer.maintain(table, Instant.now().plus(TURN));
      tables.adoptColumns(name);
    } catch (CatalogException
        | CompactionException
        | RuntimeException
        | OutOfMemoryError
        | LinkageError e) {
      // A file that can't be read with what there is must not end the maintenance of all.
      LOG.warn("Maintenance of {} failed, again with the next round: {}", name, e.toString());
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
