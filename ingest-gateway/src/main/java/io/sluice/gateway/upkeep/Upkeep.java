package io.sluice.gateway.upkeep;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.errors.Problem;
import io.sluice.log.upkeep.Reconciler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does, on a thread of its own, what nobody asks for: retention every minute or so, and the search
 * for ledgers that were left behind every hour or so, on one gateway of the cluster. What fails is
 * logged and done again the next time.
 */
public final class Upkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /** Whoever this bucket of no table is placed at looks for ledgers. */
  private static final BucketId RECONCILING = new BucketId(new UUID(0, 0), 0);

  private final Ownership ownership;
  private final TableCatalog catalog;
  private final RetentionSweep retention;
  private final Reconciler reconciler;
  private final ScheduledExecutorService thread;

  /**
   * Does nothing yet; {@link #start} begins.
   *
   * @param catalog lists the tables
   * @param reconciler looks for ledgers
   */
  public Upkeep(
      Ownership ownership, TableCatalog catalog, RetentionSweep retention, Reconciler reconciler) {
    this.ownership = ownership;
    this.catalog = catalog;
    this.retention = retention;
    this.reconciler = reconciler;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "gateway-upkeep");
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Begins.
   *
   * @param retainEvery the pause between two looks for rows that may leave the log
   * @param reconcileEvery the pause between two looks for ledgers that were left behind
   */
  public void start(Duration retainEvery, Duration reconcileEvery) {
    every(retainEvery, this::retain);
    every(reconcileEvery, this::reconcile);
  }

  /** Returns all tables; fails if one can't be read. */
  public static List<Table> allTables(TableCatalog catalog) throws CatalogException {
    List<Table> all = new ArrayList<>();
    for (String database : catalog.listDatabases()) {
      for (TableName name : catalog.listTables(database)) {
        try {
          all.add(catalog.load(name));
        } catch (CatalogException e) {
          if (e.reason() != CatalogException.Reason.NOT_FOUND) {
            throw e;
          }
          // Dropped since it was listed.
        }
      }
    }
    return all;
  }

  /** A table that a newer version wrote is left to newer gateways, and keeps up no other. */
  private List<Table> readableTables() throws CatalogException {
    List<Table> readable = new ArrayList<>();
    for (String database : catalog.listDatabases()) {
      for (TableName name : catalog.listTables(database)) {
        try {
          readable.add(catalog.load(name));
        } catch (CatalogException e) {
          if (e.getCause() instanceof NewerVersionException) {
            LOG.warn("Rows of table {} stay: {}", name, e.getMessage());
          } else if (e.reason() != CatalogException.Reason.NOT_FOUND) {
            throw e;
          }
        }
      }
    }
    return readable;
  }

  private void retain() throws Exception {
    for (Table table : readableTables()) {
      for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
        try {
          retention.sweep(table, bucket);
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          // Without its trace: while a store is away that is one for each bucket and look.
          LOG.warn("Rows of table {}, bucket {} stay: {}", table.name(), bucket, reason(e));
        }
      }
    }
  }

  private static String reason(Exception failure) {
    return Problem.unwrap(failure).toString();
  }

  /** An older gateway may not be able to read all tables, and then looks for nothing. */
  private boolean isPlacedHere(BucketId bucket) {
    return ownership.placement().owner(bucket, Levels.OWN).filter(ownership::isSelf).isPresent();
  }

  private void reconcile() throws Exception {
    if (isPlacedHere(RECONCILING)) {
      Reconciler.Report report = reconciler.run();
      if (report.deleted() > 0 || report.unknown() > 0) {
        LOG.info("Looked for ledgers that were left behind: {}", report);
      }
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private void every(Duration pause, Task task) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Exception | Error e) {
            // An Error, too: it would end all later looks without a word.
            LOG.warn("Upkeep failed; it is tried again in {}", pause, e);
          }
        };
    var unused =
        thread.scheduleWithFixedDelay(
            guarded, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Breaks off what is under way, which may be left anywhere. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
