package io.sluice.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * One stream after the other to one owner, by one way. Only the {@link Outbox} that it belongs to
 * changes it. Times are of {@link System#nanoTime}.
 */
final class Lane {

  final Route route;

  /** Signalled when there may be something to do for the sender. */
  final Condition work;

  /** Sends what is ready on the caller's thread, or has the sender do it; null until it runs. */
  @Nullable Runnable quick;

  /** Buckets that have something to send, each once, the next to be served first. */
  final Deque<BucketQueue> ready = new ArrayDeque<>();

  /** What was sent on the present stream, in that order. */
  final Deque<PendingBatch> unanswered = new ArrayDeque<>();

  /** The present stream, whose answers alone count; null if there is none. */
  @Nullable Object stream;

  /** Whether the present stream was opened and didn't take anything yet. */
  boolean opening;

  /** Whether the present stream has brought an answer. */
  boolean answered;

  /** Since when an answer, or the connection, is waited for. */
  long waitingSinceNanos;

  /** Nothing is sent before; streams that fail one after the other must not spin. */
  long heldUntilNanos;

  /** Whether its sender is to end. */
  boolean retired;

  /** With more on its way, sending beside whoever appends is worth waking a thread for. */
  private static final int QUICK_BATCHES = 2;

  private final Backoff backoff;
  private boolean failing;

  Lane(Route route, Backoff backoff, Condition work, long nowNanos) {
    this.route = route;
    this.backoff = backoff;
    this.work = work;
    this.heldUntilNanos = nowNanos;
  }

  /** Returns what sends at once, or null if that is better left to the sender. */
  @Nullable Runnable quick() {
    return stream == null || unanswered.size() > QUICK_BATCHES ? null : quick;
  }

  /** Returns whether a batch may be sent now. */
  boolean maySend(long nowNanos) {
    return !ready.isEmpty() && heldUntilNanos - nowNanos <= 0;
  }

  /** Returns whether the gateway was silent for too long. */
  boolean overdue(long nowNanos, long limitNanos) {
    return waiting() && nowNanos - waitingSinceNanos >= limitNanos;
  }

  /** Returns for how long the sender has nothing to do unless it is woken. */
  long idleNanos(long nowNanos, long limitNanos) {
    long untilOverdue = waiting() ? waitingSinceNanos + limitNanos - nowNanos : Long.MAX_VALUE;
    long untilHeld = ready.isEmpty() ? Long.MAX_VALUE : heldUntilNanos - nowNanos;
    return Math.min(untilOverdue, untilHeld);
  }

  private boolean waiting() {
    return !unanswered.isEmpty() || (opening && !ready.isEmpty());
  }

  void opened(Object newStream, long nowNanos) {
    stream = newStream;
    opening = true;
    answered = false;
    waitingSinceNanos = nowNanos;
  }

  void dropped() {
    stream = null;
    opening = false;
  }

  void onAnswer(long nowNanos) {
    answered = true;
    failing = false;
    backoff.reset();
    waitingSinceNanos = nowNanos;
  }

  /** The gateway has a reason to let batches of a stream wait, and says so: it is not silent. */
  void onLifeSign(Object from, long nowNanos) {
    if (stream == from) {
      waitingSinceNanos = nowNanos;
    }
  }

  /** The first failure after an answer costs no pause: what isn't to blame goes on at once. */
  void onFailure(long nowNanos) {
    if (failing) {
      heldUntilNanos = nowNanos + backoff.nextPause().toNanos();
    }
    failing = true;
  }
}
