package io.sluice.flink.procedure;

import java.util.function.UnaryOperator;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Makes an earlier snapshot of the lake the current one. Rows that came to the lake after it are
 * gone from reads: offsets in force stay, so that they aren't compacted again, though the log may
 * have them still. Rows that the lake didn't have yet stay.
 */
final class Rollback {

  /** Rolls a table back, and returns the snapshots that were and are the current one. */
  static Row[] of(Target target, String table, UnaryOperator<ManageSnapshots> change) {
    return target.callLake(
        table,
        "rolled back",
        lake -> {
          long before = current(lake);
          change.apply(lake.manageSnapshots()).commit();
          lake.refresh();
          return new Row[] {Row.of(before, current(lake))};
        });
  }

  private static long current(Table lake) {
    Snapshot snapshot = lake.currentSnapshot();
    if (snapshot == null) {
      throw new ValidationException("its lake has no snapshot yet");
    }
    return snapshot.snapshotId();
  }

  private Rollback() {}
}
