package io.sluice.compactor;

import io.sluice.catalog.table.TableName;
import io.sluice.compactor.table.TableLook;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one call of {@link TableCompactor#compact} did for a table.
 *
 * @param table the table
 * @param rows rows that it committed to the lake, other workers' results included
 * @param bytes size of their files
 * @param files number of their files
 * @param commits number of snapshots that it made
 * @param snapshotId the last of them; empty if it made none
 * @param lagRows sealed rows that weren't in the lake when it ended: 0 unless the deadline passed,
 *     other workers are still at them, or they wait for more
 * @param waitsUntil when to compact those rows, as they wait for more; empty if none do
 * @param otherColumns whether the lake table had other columns then than the table
 */
public record CompactionReport(
    TableName table,
    long rows,
    long bytes,
    int files,
    int commits,
    OptionalLong snapshotId,
    long lagRows,
    Optional<Instant> waitsUntil,
    boolean otherColumns) {

  public CompactionReport {
    if (lagRows == 0) {
      waitsUntil = Optional.empty();
    }
  }

  static CompactionReport none(TableName table) {
    return new CompactionReport(
        table, 0, 0, 0, 0, OptionalLong.empty(), 0, Optional.empty(), false);
  }

  CompactionReport with(long moreRows, long moreBytes, int moreFiles, long newSnapshotId) {
    return new CompactionReport(
        table,
        rows + moreRows,
        bytes + moreBytes,
        files + moreFiles,
        commits + 1,
        OptionalLong.of(newSnapshotId),
        lagRows,
        waitsUntil,
        otherColumns);
  }

  /** Returns the report of a run that ended with a look. */
  CompactionReport endedWith(TableLook look, Optional<Instant> until) {
    return new CompactionReport(
        table,
        rows,
        bytes,
        files,
        commits,
        snapshotId,
        look.lagRows(),
        until,
        look.hasOtherColumns());
  }
}
