package io.sluice.compactor;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.CompactionErrors;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.table.TableLooks;
import io.sluice.compactor.work.WorkRecords;
import io.sluice.compactor.write.PlanExecutor;
import io.sluice.compactor.write.RangeFrames;
import io.sluice.log.read.SegmentFrames;
import io.sluice.log.segment.SegmentStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Turns sealed segments of tables into lake files. Any number of compactors may work at the same
 * table, and any of them may die at any line: each row still gets into the lake exactly once.
 * Thread-safe.
 */
public final class TableCompactor {

  private final TableLooks looks;
  private final WorkRecords work;
  private final CompactionErrors errors;
  private final PlanExecutor executor;
  private final CompactorSettings settings;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  /**
   * @param errors where to say what failed
   * @param lake the lake's side of a table; all that is given stays the caller's to close
   * @param allocator its limit bounds what rows take that wait for being written by partition
   */
  public TableCompactor(
      BucketRecords buckets,
      WorkRecords work,
      CompactionErrors errors,
      SegmentStore segments,
      Function<Table, LakeTable> lake,
      BufferAllocator allocator,
      CompactorSettings settings) {
    this(
        buckets,
        work,
        errors,
        (state, from, to) -> SegmentFrames.open(segments, state, from, to),
        lake,
        allocator,
        settings,
        InstantSource.system(),
        UUID::randomUUID);
  }

  TableCompactor(
      BucketRecords buckets,
      WorkRecords work,
      CompactionErrors errors,
      RangeFrames log,
      Function<Table, LakeTable> lake,
      BufferAllocator allocator,
      CompactorSettings settings,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.looks = new TableLooks(buckets, lake, settings.callLimit(), clock);
    this.work = work;
    this.errors = errors;
    this.executor =
        new PlanExecutor(
            log,
            allocator,
            settings.files().within(allocator.getLimit() / settings.threads()),
            settings.readBytes(),
            settings.callLimit(),
            clock);
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Compacts until every sealed row is in the lake or other workers are at what is left, or the
   * deadline passes; a plan that was begun before is finished, and its result committed.
   *
   * @param table as the catalog has it now
   * @throws CompactionException if some rows can't be compacted; those that can have been
   */
  public CompactionReport compact(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    try {
      CompactionReport report = run(table, deadline);
      errors.succeeded(table.id());
      return report;
    } catch (CompactionException e) {
      if (e.reason() != Reason.TABLE_GONE) {
        note(table, e);
      }
      throw e;
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      note(table, e);
      throw e;
    }
  }

  private CompactionReport run(Table table, Instant deadline)
      throws CompactionException, InterruptedException {
    CompactionRun run =
        new CompactionRun(table, deadline, looks, work, executor, settings, clock, ids);
    try {
      return run.run();
    } catch (MetadataException e) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "the work record of " + table.name() + " can't be reached: " + e.getMessage(),
          e);
    }
  }

  private void note(Table table, Throwable e) {
    String message = e instanceof Error || e.getMessage() == null ? e.toString() : e.getMessage();
    errors.failed(table.id(), new CompactionError(clock.instant(), settings.worker(), message));
  }

  /** Tells whether a table has sealed rows that aren't known to be in the lake. */
  public boolean hasWork(Table table) throws CompactionException, InterruptedException {
    return looks.buckets(table).values().stream()
        .anyMatch(state -> state.sealedEndOffset() > state.lakeOffsetFloor());
  }
}
