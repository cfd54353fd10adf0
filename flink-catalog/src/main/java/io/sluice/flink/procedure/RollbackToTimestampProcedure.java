package io.sluice.flink.procedure;

import java.time.Instant;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;

/** Makes the snapshot the current one that was at a time. See {@link Rollback}. */
public final class RollbackToTimestampProcedure implements Procedure {

  private final Target target;

  RollbackToTimestampProcedure(Target target) {
    this.target = target;
  }

  /**
   * Rolls a table back.
   *
   * @param table {@code database.table}
   * @param timestamp an ISO instant, or milliseconds since 1970
   * @return the snapshots that were and are the current one
   */
  @ProcedureHint(
      output = @DataTypeHint("ROW<`previous_snapshot_id` BIGINT, `current_snapshot_id` BIGINT>"))
  public Row[] call(
      ProcedureContext context,
      @ArgumentHint(name = "table", type = @DataTypeHint("STRING")) String table,
      @ArgumentHint(name = "timestamp", type = @DataTypeHint("STRING")) String timestamp) {
    Instant time = Target.time("timestamp", timestamp);
    return Rollback.of(target, table, change -> change.rollbackToTime(time.toEpochMilli()));
  }
}
