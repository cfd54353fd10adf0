package io.sluice.flink.procedure;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;

/** Makes an earlier snapshot of the lake the current one, by its id. See {@link Rollback}. */
public final class RollbackToSnapshotProcedure implements Procedure {

  private final Target target;

  RollbackToSnapshotProcedure(Target target) {
    this.target = target;
  }

  /**
   * Rolls a table back.
   *
   * @param table {@code database.table}
   * @param snapshot an ancestor of the current one, as {@code table$snapshots} has it
   * @return the snapshots that were and are the current one
   */
  @ProcedureHint(
      output = @DataTypeHint("ROW<`previous_snapshot_id` BIGINT, `current_snapshot_id` BIGINT>"))
  public Row[] call(
      ProcedureContext context,
      @ArgumentHint(name = "table", type = @DataTypeHint("STRING")) String table,
      @ArgumentHint(name = "snapshot_id", type = @DataTypeHint("BIGINT")) Long snapshot) {
    return Rollback.of(target, table, change -> change.rollbackTo(snapshot));
  }
}
