package io.sluice.gateway.append;

import io.sluice.log.append.Appended;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.RowBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the batches of one bucket to its log in the order in which they came, also while the log is
 * still being opened (futures alone would run those that wait in any order), and no more at a time
 * than the log takes. Thread-safe.
 */
final class Turns {

  private final long maxInFlightBytes;
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private long inFlightBytes;
  private boolean opening;
  private boolean pumping;

  /**
   * @param maxInFlightBytes most bytes that the log has at a time, but for a single batch
   */
  Turns(long maxInFlightBytes) {
    this.maxInFlightBytes = maxInFlightBytes;
  }

  private record Turn(
      Supplier<CompletableFuture<BucketLog>> log,
      RowBatch batch,
      long bytes,
      CompletableFuture<Appended> answer) {}

  /** Appends {@code batch}, which is taken over, after all that came before it. */
  CompletableFuture<Appended> take(Supplier<CompletableFuture<BucketLog>> log, RowBatch batch) {
    Turn turn = new Turn(log, batch, batch.bytes(), new CompletableFuture<>());
    synchronized (this) {
      waiting.add(turn);
    }
    pump();
    return turn.answer();
  }

  private synchronized void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      for (Turn next = next(); next != null; next = next()) {
        Turn turn = next;
        var unused = turn.log().get().whenComplete((log, failure) -> opened(turn, log, failure));
      }
    } finally {
      pumping = false;
    }
  }

  /** Returns whose turn it is, or null if nobody's now. */
  private @Nullable Turn next() {
    Turn first = waiting.peek();
    boolean fits =
        first != null && (inFlightBytes == 0 || inFlightBytes + first.bytes() <= maxInFlightBytes);
    if (first == null || opening || !fits) {
      return null;
    }
    opening = true;
    inFlightBytes += first.bytes();
    return waiting.poll();
  }

  private void opened(Turn turn, @Nullable BucketLog log, @Nullable Throwable failure) {
    synchronized (this) {
      if (log == null) {
        turn.batch().release();
        done(turn, null, failure);
      } else {
        var unused =
            log.append(turn.batch())
                .whenComplete((appended, failed) -> done(turn, appended, failed));
      }
      opening = false;
    }
    pump();
  }

  private void done(Turn turn, @Nullable Appended appended, @Nullable Throwable failure) {
    synchronized (this) {
      inFlightBytes -= turn.bytes();
    }
    if (appended != null) {
      turn.answer().complete(appended);
    } else {
      turn.answer()
          .completeExceptionally(
              failure == null ? new IllegalStateException("the bucket's log is gone") : failure);
    }
    pump();
  }
}
