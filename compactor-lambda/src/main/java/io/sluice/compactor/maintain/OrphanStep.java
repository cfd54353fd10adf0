package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakePaths;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.plan.Upkeep;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes old files of a table that nothing refers to. */
final class OrphanStep implements MaintenanceStep {

  /*
   * A file that someone may yet commit must never be taken for an orphan. Files are listed first;
   * what is committed afterwards was either referred to in what is loaded then, or is too young to
   * be a candidate, unless a worker was paused: with a result that was fresh when it looked at the
   * table, and whose files are as old as the guard now. A result lives for Upkeep.RESULT_LIFE from
   * when its execution began, before the first of its files was written. So the worker has looked
   * before (now - guard + life), and can commit on exactly the metadata that it saw then. Once the
   * metadata was moved after that time, it can't: if nobody has done so, it is done here, by a
   * snapshot that adds nothing, before anything is deleted. Half of the distance is left for clocks that differ.
   */

  private static final Logger LOG = LoggerFactory.getLogger(OrphanStep.class);
  private static final int AT_MOST = 50_000;

  private final TableLooks looks;
  private final WorkRecords records;
  private final Duration guard;
  private final InstantSource clock;

  /**
   * @param guard how old a file must be, more than {@link Upkeep#RESULT_LIFE}
   */
  OrphanStep(TableLooks looks, WorkRecords records, Duration guard, InstantSource clock) {
    if (guard.compareTo(Upkeep.RESULT_LIFE) <= 0) {
      throw new IllegalArgumentException(
          "guard must be longer than results live: " + guard + ", " + Upkeep.RESULT_LIFE);
    }
    this.looks = looks;
    this.records = records;
    this.guard = guard;
    this.clock = clock;
  }

  @Override
  public long run(Table table, Instant deadline)
      throws CompactionException, MetadataException, InterruptedException {
    Instant now = clock.instant();
    TableLook before = looks.look(table);
    FileIO io = before.lake().io();
    if (!before.view().ownsItsFiles() || !(io instanceof SupportsPrefixOperations lists)) {
      return 0;
    }
    Map<String, String> candidates = candidates(before, lists, now.minus(guard));
    keepReachable(candidates, table, io);
    if (candidates.isEmpty()) {
      return 0;
    }
    if (!isFresh(before.view(), now)) {
      Outcome outcome =
          before
              .lake()
              .commit(before.view(), before.view().progress(), frozen -> frozen.newFastAppend());
      if (!(outcome instanceof Outcome.Committed || outcome instanceof Outcome.Moved)) {
        LOG.info("Orphans of {} are left for now: {}", table.name(), outcome);
        return 0;
      }
      keepReachable(candidates, table, io);
    }
    return delete(table, io, candidates);
  }

  /** Tells whether the metadata was moved so late that whoever has seen it before is harmless. */
  private boolean isFresh(LakeView view, Instant now) {
    Duration margin = guard.minus(Upkeep.RESULT_LIFE).dividedBy(2);
    return view.metadata().lastUpdatedMillis() >= now.minus(margin).toEpochMilli();
  }

  /** Lists the table's old files, referred to or not, by what they are compared by. */
  private static Map<String, String> candidates(
      TableLook look, SupportsPrefixOperations lists, Instant before) throws CompactionException {
    String location = look.view().metadata().location();
    String current = LakePaths.spelled(look.view().metadata().metadataFileLocation());
    if (!location.contains(look.table().id().toString())) {
      throw new CompactionException(
          Reason.LAKE_UNSUPPORTED,
          "the lake table of "
              + look.table().name()
              + " is at "
              + location
              + ", which isn't its own place: its orphans are left alone");
    }
    boolean seen = false;
    Map<String, String> candidates = new HashMap<>();
    for (FileInfo file : lists.listPrefix(location + "/")) {
      String normalized = LakePaths.spelled(file.location());
      seen |= normalized.equals(current);
      if (file.createdAtMillis() < before.toEpochMilli()) {
        candidates.put(normalized, file.location());
      }
    }
    if (!seen) {
      // Then names in the listing aren't spelled as those in the metadata: all would look orphaned.
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "the files listed below " + location + " don't include the table's metadata " + current);
    }
    return candidates;
  }

  private void keepReachable(Map<String, String> candidates, Table table, FileIO io)
      throws CompactionException, MetadataException, InterruptedException {
    // In this order: a result that leaves the record in between is in the metadata.
    Work work = records.load(table.id(), table.incarnation());
    TableLook look = looks.look(table);
    if (!candidates.isEmpty()) {
      candidates.keySet().removeAll(Reachable.of(io, look.view().metadata(), work));
    }
  }

  private static long delete(Table table, FileIO io, Map<String, String> candidates) {
    long deleted = 0;
    for (String location : candidates.values()) {
      if (deleted == AT_MOST || Thread.currentThread().isInterrupted()) {
        break;
      }
      try {
        io.deleteFile(location);
        deleted++;
      } catch (RuntimeException e) {
        LOG.warn("Cannot delete orphan {} of {}, again the next time", location, table.name(), e);
      }
    }
    return deleted;
  }
}
