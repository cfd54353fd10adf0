package io.sluice.compactor.maintain;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.MaintenanceNote;
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
import java.util.Collection;
import java.util.EnumMap;
import java.util.Iterator;
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

  /** What isn't a step, in notes. */
  private static final String COLUMNS = "columns";

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
        return MaintenanceReport.nothing(table.name());
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
    Map<Step, StepResult> results = new EnumMap<>(Step.class);
    Map<Step, CompactionException> failures = new EnumMap<>(Step.class);
    for (Step step : due) {
      if (!Instant.now().isBefore(deadline)) {
        break;
      }
      try {
        results.put(step, Objects.requireNonNull(steps.get(step)).run(table, deadline));
      } catch (CompactionException e) {
        failures.put(step, e);
      } catch (MetadataException e) {
        failures.put(step, unavailable(table, e));
      } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
        // A file that can't be read with what there is must not end the maintenance of all.
        failures.put(step, failed(table, step, e));
      }
    }
    if (failures.values().stream().anyMatch(e -> e.reason() == Reason.TABLE_GONE)) {
      // Its record has gone with it, and nobody would delete another one.
      throw all(failures.values());
    }
    Instant now = clock.instant();
    records.update(
        table.id(),
        table.incarnation(),
        record ->
            record
                .done(worker, results.keySet(), now)
                .withNote(note(record.note(), results, failures, now)));
    MaintenanceReport report = report(table, results);
    if (report.changedAnything()) {
      LOG.info("Maintained: {}", report);
    }
    if (!failures.isEmpty()) {
      throw all(failures.values());
    }
    return report;
  }

  private MaintenanceNote note(
      MaintenanceNote before,
      Map<Step, StepResult> results,
      Map<Step, CompactionException> failures,
      Instant now) {
    MaintenanceNote note = before;
    for (Map.Entry<Step, StepResult> one : results.entrySet()) {
      Step step = one.getKey();
      StepResult did = one.getValue();
      note = note.did(step.text(), now, now.plus(step.every(settings)), did.count(), did.bytes());
    }
    for (Map.Entry<Step, CompactionException> one : failures.entrySet()) {
      note =
          note.withError(
              one.getKey().text(),
              new CompactionError(now, worker, String.valueOf(one.getValue().getMessage())));
    }
    return note;
  }

  /**
   * Notes how it went to have a table take over the columns of its lake table, for those who ask
   * how the table is.
   *
   * @param failure why it couldn't be done; null if it could
   */
  public void noteColumns(Table table, @Nullable String failure) {
    try {
      var unused =
          records.update(
              table.id(),
              table.incarnation(),
              record ->
                  record.withNote(
                      record
                          .note()
                          .withError(
                              COLUMNS,
                              failure == null
                                  ? null
                                  : new CompactionError(clock.instant(), worker, failure))));
    } catch (MetadataException e) {
      LOG.warn("Can't note how maintenance of {} went: {}", table.name(), e.toString());
    }
  }

  private static MaintenanceReport report(Table table, Map<Step, StepResult> results) {
    SortedMap<String, Long> counts = new TreeMap<>();
    SortedMap<String, Long> bytes = new TreeMap<>();
    results.forEach(
        (step, did) -> {
          counts.put(step.text(), did.count());
          bytes.put(step.text(), did.bytes());
        });
    return new MaintenanceReport(table.name(), counts, bytes);
  }

  private static CompactionException all(Collection<CompactionException> failures) {
    Iterator<CompactionException> each = failures.iterator();
    CompactionException first = each.next();
    each.forEachRemaining(first::addSuppressed);
    return first;
  }

  private static CompactionException unavailable(Table table, MetadataException e) {
    return new CompactionException(
        Reason.UNAVAILABLE,
        "the metadata of " + table.name() + " can't be reached: " + e.getMessage(),
        e);
  }

  private static CompactionException failed(Table table, Step step, Throwable e) {
    return new CompactionException(
        Reason.UNAVAILABLE,
        "maintenance of "
            + table.name()
            + " failed at "
            + step.text()
            + ": "
            + (e.getMessage() == null ? e.toString() : e.getMessage())
            + "; it is tried again with each round, and no row is lost meanwhile",
        e);
  }
}
