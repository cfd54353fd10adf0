package io.sluice.flink.procedure;

import java.time.Instant;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Removes old snapshots from the lake's metadata before maintenance would. It deletes no file:
 * whoever plans a read at this moment may have them; maintenance finds them later, as orphans.
 */
public final class ExpireSnapshotsProcedure implements Procedure {

  private final Target target;

  ExpireSnapshotsProcedure(Target target) {
    this.target = target;
  }

  /**
   * Expires snapshots.
   *
   * @param table {@code database.table}
   * @param olderThan those committed before that time, as an ISO instant or in milliseconds
   * @param retainLast how many of the newest stay whatever their age, at least 1
   * @return how many snapshots there were and are
   */
  @ProcedureHint(output = @DataTypeHint("ROW<`snapshots_before` INT, `snapshots_after` INT>"))
  public Row[] call(
      ProcedureContext context,
      @ArgumentHint(name = "table", type = @DataTypeHint("STRING")) String table,
      @ArgumentHint(name = "older_than", type = @DataTypeHint("STRING")) String olderThan,
      @ArgumentHint(name = "retain_last", type = @DataTypeHint("INT"), isOptional = true)
          @Nullable Integer retainLast) {
    Instant before = Target.time("older_than", olderThan);
    int keep = retainLast == null ? 1 : retainLast;
    if (keep < 1) {
      throw new ValidationException("argument 'retain_last' must be at least 1: " + keep);
    }
    return target.callLake(
        table,
        "rid of old snapshots",
        lake -> {
          int had = snapshots(lake);
          lake.expireSnapshots()
              .expireOlderThan(before.toEpochMilli())
              .retainLast(keep)
              .cleanupLevel(ExpireSnapshots.CleanupLevel.NONE)
              .commit();
          lake.refresh();
          return new Row[] {Row.of(had, snapshots(lake))};
        });
  }

  private static int snapshots(Table lake) {
    int count = 0;
    for (var unused : lake.snapshots()) {
      count++;
    }
    return count;
  }
}
