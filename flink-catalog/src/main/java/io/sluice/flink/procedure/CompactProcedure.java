package io.sluice.flink.procedure;

import io.sluice.client.FlushReport;
import java.time.Duration;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.ProcedureHint;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.procedure.ProcedureContext;
import org.apache.flink.table.procedures.Procedure;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/** Has all rows that are visible now brought to the lake, and waits for it. */
public final class CompactProcedure implements Procedure {

  private final Target target;

  CompactProcedure(Target target) {
    this.target = target;
  }

  /**
   * Compacts a table.
   *
   * @param table {@code database.table}
   * @param timeout how long to wait, such as {@code 30 s}; compaction goes on after it
   * @return how far each bucket is
   */
  @ProcedureHint(
      output = @DataTypeHint("ROW<`bucket` INT, `log_end` BIGINT, `lake_offset` BIGINT>"))
  public Row[] call(
      ProcedureContext context,
      @ArgumentHint(name = "table", type = @DataTypeHint("STRING")) String table,
      @ArgumentHint(name = "timeout", type = @DataTypeHint("STRING"), isOptional = true)
          @Nullable String timeout) {
    Duration wait = Target.timeout(timeout);
    FlushReport report =
        target.call(table, "compacted", (client, name) -> client.flush(name, wait));
    if (!report.inLake()) {
      throw new TableException(
          "table "
              + table
              + " isn't compacted yet after "
              + wait
              + "; it goes on: wait longer, or see `sluice status` for what keeps it. Buckets: "
              + report.buckets());
    }
    return report.buckets().stream()
        .map(bucket -> Row.of(bucket.bucket(), bucket.watermark(), bucket.lakeOffset()))
        .toArray(Row[]::new);
  }
}
