package io.sluice.client;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one bucket that aren't acknowledged, and the lane that they go by. Only the {@link
 * Outbox} that it belongs to changes it.
 */
final class BucketQueue {

  final int bucket;

  /** The next to be sent first. */
  final Deque<PendingBatch> unsent = new ArrayDeque<>();

  /** How many batches are on the lane's stream. */
  int unanswered;

  /** Fails since the last answer; its deadline is the writer's. */
  final Backoff backoff;

  /** Until when the bucket waits before it is given a lane, if it has none. */
  long heldUntilNanos;

  /** Null while the bucket waits to be given one. */
  @Nullable Lane lane;

  /** The lane to change to once nothing is unanswered any more, if it is to change. */
  @Nullable Lane next;

  /** Whether it is among its lane's {@link Lane#ready}. */
  boolean ready;

  BucketQueue(int bucket, Backoff backoff, long nowNanos) {
    this.bucket = bucket;
    this.backoff = backoff;
    this.heldUntilNanos = nowNanos;
  }

  int batches() {
    return unsent.size() + unanswered;
  }

  /** Has itself served by its lane's sender, if there is something to send that may be sent. */
  void offer() {
    Lane current = lane;
    if (enlist() && current != null) {
      current.work.signalAll();
    }
  }

  /** As {@link #offer}, but wakes nobody; returns whether the lane has the bucket to serve now. */
  boolean enlist() {
    Lane current = lane;
    boolean may = current != null && next == null && !ready && !unsent.isEmpty();
    if (may && current != null) {
      ready = true;
      current.ready.add(this);
    }
    return may;
  }

  /** Has nothing more of it sent by its lane. */
  void withdraw() {
    Lane current = lane;
    if (current != null && ready) {
      current.ready.remove(this);
      ready = false;
    }
  }

  /** Changes to a lane: at once, or when what is on the present one's stream has been answered. */
  void moveTo(Lane target) {
    if (lane == target) {
      next = null;
      offer();
      return;
    }
    withdraw();
    next = target;
    settle();
  }

  /** Changes to the next lane if it may. */
  void settle() {
    Lane target = next;
    if (target != null && unanswered == 0) {
      lane = target;
      next = null;
      offer();
    }
  }
}
