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
import java.util.List;
import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsBulkOperations;
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
  private static final int TOGETHER = 1_000;

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
  public StepResult run(Table table, Instant deadline)
      throws CompactionException, MetadataException, InterruptedException {
    Instant now = clock.instant();
    TableLook before = looks.look(table);
    FileIO io = before.lake().io();
    if (!before.view().ownsItsFiles() || !(io instanceof SupportsPrefixOperations lists)) {
      return StepResult.NOTHING;
    }
    Map<String, FileInfo> candidates = candidates(before, lists, now.minus(guard));
    keepReachable(candidates, table, io);
    if (candidates.isEmpty()) {
      return StepResult.NOTHING;
    }
    if (!isFresh(before.view(), now)) {
      Outcome outcome =
          before
              .lake()
              .commit(before.view(), before.view().progress(), frozen -> frozen.newFastAppend());
      if (!(outcome instanceof Outcome.Committed || outcome instanceof Outcome.Moved)) {
        LOG.info("Orphans of {} are left for now: {}", table.name(), outcome);
        return StepResult.NOTHING;
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
  private static Map<String, FileInfo> candidates(
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
    Map<String, FileInfo> candidates = new HashMap<>();
    for (FileInfo file : lists.listPrefix(location + "/")) {
      String normalized = LakePaths.spelled(file.location());
      seen |= normalized.equals(current);
      if (file.createdAtMillis() < before.toEpochMilli()) {
        candidates.put(normalized, file);
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

  private void keepReachable(Map<String, FileInfo> candidates, Table table, FileIO io)
      throws CompactionException, MetadataException, InterruptedException {
    // In this order: a result that leaves the record in between is in the metadata.
    Work work = records.load(table.id(), table.incarnation());
    TableLook look = looks.look(table);
    if (!candidates.isEmpty()) {
      candidates.keySet().removeAll(Reachable.of(io, look.view().metadata(), work));
    }
  }

  private static StepResult delete(Table table, FileIO io, Map<String, FileInfo> candidates)
      throws CompactionException {
    List<FileInfo> doomed = candidates.values().stream().limit(AT_MOST).toList();
    long deleted = 0;
    long bytes = 0;
    RuntimeException failure = null;
    for (int from = 0; from < doomed.size(); from += TOGETHER) {
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
      List<FileInfo> batch = doomed.subList(from, Math.min(doomed.size(), from + TOGETHER));
      try {
        delete(io, batch);
        deleted += batch.size();
        bytes += batch.stream().mapToLong(FileInfo::size).sum();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "not all of the "
              + doomed.size()
              + " orphans of "
              + table.name()
              + " can be deleted: "
              + failure.getMessage()
              + "; see that compactors may delete files there, it is tried again with each round",
          failure);
    }
    return new StepResult(deleted, bytes);
  }

  /** Deletes files with as few calls as their store lets; tries each of them. */
  private static void delete(FileIO io, List<FileInfo> files) {
    List<String> locations = files.stream().map(FileInfo::location).toList();
    if (io instanceof SupportsBulkOperations bulk) {
      bulk.deleteFiles(locations);
      return;
    }
    RuntimeException failure = null;
    for (String location : locations) {
      try {
        io.deleteFile(location);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
