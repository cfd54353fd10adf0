package io.sluice.compactor.maintain;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.CompactorSettings;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.table.TableLooks;
import io.sluice.compactor.work.StoredWorkRecords;
import io.sluice.compactor.work.WorkClaim;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lake's tables readable: what was committed in small pieces, or is of no use any more,
 * is replaced or removed. It may be called at any time, by any number of workers, while the table
 * is written to and read, by Sluice and by others: who is slower starts over or gives up, and rows
 * are neither lost nor doubled. Thread-safe.
 */
public final class TableMaintainer {

  private static final Logger LOG = LoggerFactory.getLogger(TableMaintainer.class);

  private final MaintenanceRecords records;
  private final String worker;
  private final MaintenanceSettings settings;
  private final InstantSource clock;
  private final Map<Step, MaintenanceStep> steps = new EnumMap<>(Step.class);

  /**
   * @param lake the lake's side of a table; all that is given stays the caller's to close
   */
  public TableMaintainer(
      MetadataStore store,
      BucketRecords buckets,
      Function<Table, LakeTable> lake,
      CompactorSettings compactor,
      MaintenanceSettings settings) {
    this(store, buckets, lake, compactor, settings, InstantSource.system());
  }

  /**
   * @param clock says what is old; the lake's own times are the system's
   */
  public TableMaintainer(
      MetadataStore store,
      BucketRecords buckets,
      Function<Table, LakeTable> lake,
      CompactorSettings compactor,
      MaintenanceSettings settings,
      InstantSource clock) {
    this.records = new MaintenanceRecords(new BlockingMetadata(store, compactor.callLimit()));
    this.worker = compactor.worker();
    this.settings = settings;
    this.clock = clock;
    TableLooks looks = new TableLooks(buckets, lake, compactor.callLimit(), clock);
    steps.put(Step.RETENTION, new RetentionStep(looks, clock));
    steps.put(
        Step.REWRITE,
        new RewriteStep(
            looks,
            settings.rewriteLimits(),
            settings.turnBytes(),
            new GenericRewriteWriter(),
            clock));
    steps.put(Step.MANIFESTS, new ManifestStep(looks, settings.manifestsTogether()));
    steps.put(Step.EXPIRE, new ExpireStep(looks, settings.keepSnapshots(), clock));
    steps.put(
        Step.ORPHANS,
        new OrphanStep(
            looks,
            new StoredWorkRecords(store, compactor.callLimit()),
            settings.orphanAge(),
            clock));
  }

  /**
   * Does what is due for a table, unless another worker is at it.
   *
   * @param table as the catalog has it now
   * @param deadline when no further piece of work is begun
   * @throws CompactionException if something couldn't be done; the rest was
   */
  public MaintenanceReport maintain(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    try {
      Instant now = clock.instant();
      WorkClaim claim = new WorkClaim(worker, now.plus(settings.claimFor()));
      MaintenanceRecord claimed =
          records.update(
              table.id(),
              table.incarnation(),
              record -> isDue(record, now) ? record.claim(claim, now) : record);
      if (!isDue(claimed, now) || !claim.equals(claimed.claim())) {
        return new MaintenanceReport(table.name(), new TreeMap<>());
      }
      return maintain(table, Step.due(claimed, now, settings), deadline);
    } catch (MetadataException e) {
      throw unavailable(table, e);
    }
  }

  private boolean isDue(MaintenanceRecord record, Instant now) {
    return !Step.due(record, now, settings).isEmpty();
  }

  private MaintenanceReport maintain(Table table, Set<Step> due, Instant deadline)
      throws CompactionException, MetadataException, InterruptedException {
    SortedMap<String, Long> counts = new TreeMap<>();
    Set<Step> done = EnumSet.noneOf(Step.class);
    CompactionException failure = null;
    for (Step step : due) {
      if (!Instant.now().isBefore(deadline)) {
        break;
      }
      try {
        counts.put(step.text(), Objects.requireNonNull(steps.get(step)).run(table, deadline));
        done.add(step);
      } catch (CompactionException e) {
        failure = also(failure, e);
      } catch (MetadataException e) {
        failure = also(failure, unavailable(table, e));
      } catch (RuntimeException e) {
        failure = also(failure, failed(table, step, e));
      }
    }
    records.update(
        table.id(), table.incarnation(), record -> record.done(worker, done, clock.instant()));
    MaintenanceReport report = new MaintenanceReport(table.name(), counts);
    if (report.changedAnything()) {
      LOG.info("Maintained: {}", report);
    }
    if (failure != null) {
      throw failure;
    }
    return report;
  }

  private static CompactionException also(
      @Nullable CompactionException failure, CompactionException next) {
    if (failure == null) {
      return next;
    }
    failure.addSuppressed(next);
    return failure;
  }

  private static CompactionException unavailable(Table table, MetadataException e) {
    return new CompactionException(
        Reason.UNAVAILABLE,
        "the metadata of " + table.name() + " can't be reached: " + e.getMessage(),
        e);
  }

  private static CompactionException failed(Table table, Step step, RuntimeException e) {
    return new CompactionException(
        Reason.UNAVAILABLE,
        "maintenance of " + table.name() + " failed at " + step.text() + ": " + e.getMessage(),
        e);
  }
}
