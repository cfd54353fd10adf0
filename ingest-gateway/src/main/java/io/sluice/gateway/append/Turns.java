package io.sluice.gateway.append;

import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the batches of one bucket to its owner in the order in which they came, also while the
 * bucket is still being claimed (futures alone would run those that wait in any order), and no more
 * at a time than its owner takes. Thread-safe.
 */
final class Turns {

  private final long maxInFlightBytes;
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private long inFlightBytes;
  private boolean finding;
  private boolean pumping;

  /**
   * @param maxInFlightBytes most bytes that the owner has at a time, but for a single batch
   */
  Turns(long maxInFlightBytes) {
    this.maxInFlightBytes = maxInFlightBytes;
  }

  /** Takes the batches of a bucket, in their order. */
  interface Target {
    /** Appends a batch, which is taken over. */
    CompletableFuture<Appended> append(RowBatch batch);
  }

  private record Turn(
      Supplier<CompletableFuture<Target>> target,
      RowBatch batch,
      long bytes,
      CompletableFuture<Appended> answer) {}

  /** Appends {@code batch}, which is taken over, after all that came before it. */
  CompletableFuture<Appended> take(Supplier<CompletableFuture<Target>> target, RowBatch batch) {
    Turn turn = new Turn(target, batch, batch.bytes(), new CompletableFuture<>());
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
        var unused = target(turn).whenComplete((target, failure) -> found(turn, target, failure));
      }
    } finally {
      pumping = false;
    }
  }

  /** What throws must not keep all that come after from their turn. */
  private static CompletableFuture<Target> target(Turn turn) {
    try {
      return turn.target().get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletableFuture<Appended> append(Target target, RowBatch batch) {
    try {
      return target.append(batch);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Returns whose turn it is, or null if nobody's now. */
  private @Nullable Turn next() {
    Turn first = waiting.peek();
    boolean fits =
        first != null && (inFlightBytes == 0 || inFlightBytes + first.bytes() <= maxInFlightBytes);
    if (first == null || finding || !fits) {
      return null;
    }
    finding = true;
    inFlightBytes += first.bytes();
    return waiting.poll();
  }

  private void found(Turn turn, @Nullable Target target, @Nullable Throwable failure) {
    try {
      synchronized (this) {
        try {
          if (target == null) {
            turn.batch().release();
          } else {
            var unused =
                append(target, turn.batch())
                    .whenComplete((appended, failed) -> done(turn, appended, failed));
          }
        } finally {
          // Whatever throws, those behind it get their turns.
          finding = false;
        }
      }
    } finally {
      if (target == null) {
        done(turn, null, failure);
      } else {
        pump();
      }
    }
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
              failure == null ? new IllegalStateException("the bucket has no place") : failure);
    }
    pump();
  }
}
