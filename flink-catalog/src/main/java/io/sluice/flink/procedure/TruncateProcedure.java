package io.sluice.flink.procedure;

import io.sluice.client.TruncateReport;
import java.time.Duration;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/** Removes all rows of a table, as TRUNCATE TABLE does, in streaming mode too. */
public final class TruncateProcedure implements Procedure {

  private final Target target;

  TruncateProcedure(Target target) {
    this.target = target;
  }

  /**
   * Truncates a table.
   *
   * @param table {@code database.table}
   * @param timeout how long to wait for the lake to have all rows, such as {@code 30 s}
   * @return the offset of each bucket below which no row is left
   */
  @ProcedureHint(output = @DataTypeHint("ROW<`bucket` INT, `lake_offset` BIGINT>"))
  public Row[] call(
      ProcedureContext context,
      @ArgumentHint(name = "table", type = @DataTypeHint("STRING")) String table,
      @ArgumentHint(name = "timeout", type = @DataTypeHint("STRING"), isOptional = true)
          @Nullable String timeout) {
    Duration wait = Target.timeout(timeout);
    TruncateReport report =
        target.call(table, "truncated", (client, name) -> client.truncate(name, wait));
    return report.buckets().stream()
        .map(bucket -> Row.of(bucket.bucket(), bucket.lakeOffset()))
        .toArray(Row[]::new);
  }
}
