package io.sluice.gateway.flight;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.quota.Quotas;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Leaves a stream unread while its table has got as much as its quotas let it. As that may take
 * long, clients that ask for it are told now and then, by an empty result, that they do well to
 * wait; not while an answer is due, as its absence means that something else is wrong.
 */
final class QuotaPause {

  // A stream that has ended meanwhile is let go by then.
  private static final long MOST_PAUSE_MS = 1_000;

  private final GrpcCall call;
  private final Quotas quotas;
  private final BooleanSupplier allAnswered;
  private final LifeSigns signs;
  private final Runnable after;
  private boolean pausing;

  /**
   * @param allAnswered whether all that was read is answered
   * @param after runs, on the call's event loop, when a pause ends
   */
  QuotaPause(GrpcCall call, Quotas quotas, BooleanSupplier allAnswered, Runnable after) {
    this.call = call;
    this.quotas = quotas;
    this.allAnswered = allAnswered;
    this.signs = LifeSigns.of(call.header(LifeSigns.HEADER));
    this.after = after;
  }

  /** Returns whether to leave the stream unread now. */
  boolean holds(Table table) {
    if (pausing) {
      return true;
    }
    Quotas.Wait wait = quotas.requiredWait(table);
    if (wait == null) {
      signs.over();
    } else {
      pausing = true;
      if (allAnswered.getAsBoolean() && signs.due(System.nanoTime())) {
        var unused = call.write(Buffer.buffer());
      }
      // Rounded up, or the rest would be waited for in many steps of nothing.
      long pauseMs = signs.lookAfterMs(Math.min(wait.time().toMillis() + 1, MOST_PAUSE_MS));
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
