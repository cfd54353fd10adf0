package io.sluice.log.read;

import io.sluice.log.frame.NewerEntryException;
import io.sluice.log.read.ReadException.Reason;
import io.sluice.log.segment.SegmentException;
import java.util.concurrent.CompletionException;

/** Says what a failed read means to the reader. */
final class ReadFailures {

  static ReadException of(Throwable failure, long ledgerId) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ReadException e) {
      return e;
    }
    String where = "ledger " + ledgerId + ": " + cause.getMessage();
    if (cause instanceof SegmentException e) {
      return e.kind() == SegmentException.Kind.MISSING
          ? new ReadException(
              Reason.OUT_OF_RANGE, where + "; its rows have left the log, read the lake", cause)
          : new ReadException(Reason.UNAVAILABLE, where + "; try again", cause);
    }
    if (cause instanceof NewerEntryException) {
      return new ReadException(Reason.UNAVAILABLE, where, cause);
    }
    return new ReadException(Reason.CORRUPT, where + "; keep the ledger for inspection", cause);
  }

  /** The reader closed its cursor itself. */
  static ReadException closed(long position) {
    return new ReadException(Reason.CLOSED, "the cursor was closed at " + position);
  }

  private ReadFailures() {}
}
