package io.sluice.compactor.write;

import io.sluice.catalog.table.TableName;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.work.Plan;
import io.sluice.log.frame.CorruptEntryException;
import io.sluice.log.read.ReadException;

/** Names what kept a plan from being executed. */
final class PlanFailure {

  static CompactionException of(TableName table, Plan plan, Exception e) {
    String message = "plan " + plan + " of " + table + " couldn't be executed: " + e.getMessage();
    return new CompactionException(reason(e), message, e);
  }

  private static Reason reason(Exception e) {
    if (e instanceof ReadException read) {
      return switch (read.reason()) {
        case OUT_OF_RANGE -> Reason.ROWS_MISSING;
        case CORRUPT -> Reason.ROWS_UNREADABLE;
        case CLOSED, UNAVAILABLE -> Reason.UNAVAILABLE;
      };
    }
    if (e instanceof CorruptEntryException) {
      return Reason.ROWS_UNREADABLE;
    }
    return e instanceof UnwritableRowsException ? Reason.LAKE_UNSUPPORTED : Reason.UNAVAILABLE;
  }

  private PlanFailure() {}
}
