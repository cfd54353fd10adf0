package io.sluice.gateway.flight;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.quota.Quotas;
import java.time.Duration;

/** Leaves a stream unread while its table has got as much as its quotas let it. */
final class QuotaPause {

  // A stream that has ended meanwhile is let go by then.
  private static final long MOST_PAUSE_MS = 1_000;

  private final GrpcCall call;
  private final Quotas quotas;
  private final Runnable after;
  private boolean pausing;

  /**
   * @param after runs, on the call's event loop, when a pause ends
   */
  QuotaPause(GrpcCall call, Quotas quotas, Runnable after) {
    this.call = call;
    this.quotas = quotas;
    this.after = after;
  }

  /** Returns whether to leave the stream unread now. */
  boolean holds(Table table) {
    if (pausing) {
      return true;
    }
    Quotas.Wait wait = quotas.requiredWait(table);
    if (wait != null) {
      pausing = true;
      // Rounded up, or the rest would be waited for in many steps of nothing.
      long pauseMs = Math.min(wait.time().toMillis() + 1, MOST_PAUSE_MS);
      quotas.waited(table, Duration.ofMillis(pauseMs));
      call.runLater(pauseMs, this::ended);
    }
    return pausing;
  }

  private void ended() {
    pausing = false;
    after.run();
  }
}
