package io.sluice.compactor.maintain;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Purges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.Tables;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at everything that is to be maintained: the purges of dropped tables, then each table,
 * one after the other, in another order each time, so that with too little time for all of them
 * each has its turn. A table that fails doesn't keep the others from theirs. Any number of workers
 * may do this at the same time. Thread-safe.
 */
public final class MaintenanceRound {

  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceRound.class);
  private static final Duration TURN = Duration.ofMinutes(5);

  private final TableMaintainer maintainer;
  private final Tables tables;
  private final Purges purges;
  private final Duration orphanAge;

  /** Does something for a table before its maintenance; what it throws keeps nobody from theirs. */
  @FunctionalInterface
  public interface Before {

    /** Does it. */
    void table(Table table, Instant deadline)
        throws CatalogException, CompactionException, InterruptedException;
  }

  /**
   * What was looked at.
   *
   * @param tables how many tables were looked at
   * @param failed those of them that something failed for
   * @param left how many had no turn before the deadline
   */
  public record Looked(int tables, List<TableName> failed, int left) {

    public Looked {
      failed = List.copyOf(failed);
    }
  }

  /** Works with what it is given, which stays the caller's. */
  public MaintenanceRound(
      TableMaintainer maintainer, Tables tables, Purges purges, MaintenanceSettings settings) {
    this.maintainer = maintainer;
    this.tables = tables;
    this.purges = purges;
    this.orphanAge = settings.orphanAge();
  }

  /**
   * Does what is due.
   *
   * @param deadline when no further piece of work is begun
   * @throws CatalogException if the tables can't be listed
   */
  public Looked run(Instant deadline, Before before) throws CatalogException, InterruptedException {
    purge();
    List<TableName> names = new ArrayList<>(tables.list());
    Collections.shuffle(names);
    List<TableName> failed = new ArrayList<>();
    int looked = 0;
    for (TableName name : names) {
      if (!Instant.now().isBefore(deadline)) {
        break;
      }
      looked++;
      Instant turn = Instant.now().plus(TURN);
      if (!lookAt(name, turn.isBefore(deadline) ? turn : deadline, before)) {
        failed.add(name);
      }
    }
    return new Looked(looked, failed, names.size() - looked);
  }

  /** Finishes purges, and deletes what compactors have left of dropped tables. */
  private void purge() {
    try {
      purges.deleteLateRecords();
      var unused = purges.again(Instant.now().minus(orphanAge));
    } catch (CatalogException | RuntimeException | OutOfMemoryError | LinkageError e) {
      LOG.warn("Dropped tables can't be purged, again with the next round: {}", e.toString());
    }
  }

  private boolean lookAt(TableName name, Instant deadline, Before before)
      throws InterruptedException {
    try {
      Table table = tables.load(name);
      boolean well = before(table, deadline, before);
      boolean maintained = maintain(table, deadline);
      return adoptColumns(table) && maintained && well;
    } catch (CatalogException e) {
      if (e.reason() == CatalogException.Reason.NOT_FOUND) {
        return true;
      }
      return failed(name, e);
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      return failed(name, e);
    }
  }

  private static boolean failed(TableName name, Throwable e) {
    LOG.warn("{} can't be maintained, again with the next round: {}", name, e.toString());
    return false;
  }

  private static boolean before(Table table, Instant deadline, Before before)
      throws InterruptedException {
    try {
      before.table(table, deadline);
      return true;
    } catch (CatalogException
        | CompactionException
        | RuntimeException
        | OutOfMemoryError
        | LinkageError e) {
      LOG.warn("{} failed before its maintenance: {}", table.name(), e.toString());
      return false;
    }
  }

  private boolean maintain(Table table, Instant deadline) throws InterruptedException {
    try {
      var unused = maintainer.maintain(table, deadline);
      return true;
    } catch (CompactionException | RuntimeException | OutOfMemoryError | LinkageError e) {
      if (e instanceof CompactionException gone && gone.reason() == Reason.TABLE_GONE) {
        return true;
      }
      LOG.warn(
          "Maintenance of {} failed, again with the next round: {}", table.name(), e.toString());
      return false;
    }
  }

  private boolean adoptColumns(Table table) {
    String failure = tables.adoptColumns(table.name()).orElse(null);
    maintainer.noteColumns(table, failure);
    return failure == null;
  }
}
