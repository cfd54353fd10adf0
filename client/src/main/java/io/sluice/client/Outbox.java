package io.sluice.client;

import io.sluice.client.SluiceException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A writer's batches without an answer: what is sent next on which lane, and what goes where after
 * a failure. Does no I/O, and is told the time, of {@link System#nanoTime}. Not thread-safe.
 *
 * <p>A bucket accepts a writer's batches in the order of their sequences alone. That order holds
 * because all of a bucket's batches that are on a stream are on one: it changes lanes only when
 * none of its batches is unanswered, be it that all were answered, or that the stream is over and
 * they were put back, the oldest first. What an old stream has on its way may still arrive, but it
 * is the same batches in the same order, from one on that follows an answered one: each is then
 * either a retry or the next.
 */
final class Outbox {

  /** Decides how a bucket's batches go. */
  interface Chooser {

    /** Returns the way, given the one taken so far, if any. */
    Route choose(int bucket, @Nullable Route taken);
  }

  private final Supplier<Backoff> backoffs;
  private final Function<Route, Lane> newLane;
  private final Map<Integer, BucketQueue> queues = new HashMap<>();
  private final Map<Route, Lane> lanes = new HashMap<>();
  private int batches;
  private int waiting;
  private boolean placementWrong;

  Outbox(Supplier<Backoff> backoffs, Function<Route, Lane> newLane) {
    this.backoffs = backoffs;
    this.newLane = newLane;
  }

  boolean isEmpty() {
    return batches == 0;
  }

  /** Returns how many batches of a bucket aren't answered. */
  int batches(int bucket) {
    BucketQueue queue = queues.get(bucket);
    return queue == null ? 0 : queue.batches();
  }

  /**
   * Takes a batch, the next in its bucket, without waking the lane's sender.
   *
   * @return its lane, for the caller to see to it; null if it has none, so that {@link #route} is
   *     due
   */
  @Nullable Lane add(PendingBatch batch, long nowNanos) {
    BucketQueue queue = queues.get(batch.bucket());
    if (queue == null) {
      queue = new BucketQueue(batch.bucket(), backoffs.get(), nowNanos);
      queues.put(batch.bucket(), queue);
      waiting++;
    }
    queue.unsent.add(batch);
    batches++;
    var unused = queue.enlist();
    return queue.lane;
  }

  /** Returns the batch to send next on a lane's stream, which counts as sent; null if none may. */
  @Nullable PendingBatch next(Lane lane, long nowNanos) {
    lane.opening = false;
    BucketQueue queue = lane.maySend(nowNanos) ? lane.ready.poll() : null;
    if (queue == null) {
      return null;
    }
    queue.ready = false;
    PendingBatch batch = queue.unsent.remove();
    queue.unanswered++;
    queue.offer();
    if (lane.unanswered.isEmpty()) {
      lane.waitingSinceNanos = nowNanos;
    }
    lane.unanswered.add(batch);
    return batch;
  }

  /** The oldest batch on a lane is durable; returns it. */
  @Nullable PendingBatch answered(Lane lane, long nowNanos) {
    PendingBatch batch = lane.unanswered.poll();
    if (batch != null) {
      lane.onAnswer(nowNanos);
      batches--;
      BucketQueue queue = queue(batch);
      queue.backoff.reset();
      queue.unanswered--;
      queue.settle();
    }
    return batch;
  }

  /**
   * A lane's stream is over. What wasn't answered is to be sent again. A gateway that says why
   * means the oldest batch that it didn't answer: that bucket waits for another lane, and the
   * others go on. A connection that broke says nothing of any bucket: all that have something to
   * send wait.
   *
   * @return why the writer must give up, or null
   */
  @Nullable SluiceException failed(Lane lane, SluiceException why, long nowNanos) {
    PendingBatch oldest = lane.unanswered.peek();
    BucketQueue blamed = why.fromGateway() && oldest != null ? queue(oldest) : null;
    putBack(lane);
    if (!why.retryable()) {
      return oldest == null ? why : why.in("bucket " + oldest.bucket());
    }
    placementWrong |= why.reason() == Reason.UNAVAILABLE;
    lane.onFailure(nowNanos);
    SluiceException giveUp = null;
    for (BucketQueue queue : queues.values()) {
      if (queue.lane != lane) {
        continue;
      }
      if (queue.unsent.isEmpty() || (blamed != null && blamed != queue)) {
        queue.settle();
      } else if (queue.backoff.mayRetry(nowNanos)) {
        hold(queue, nowNanos);
      } else {
        giveUp = why.in("bucket " + queue.bucket);
      }
    }
    return giveUp;
  }

  private void putBack(Lane lane) {
    while (!lane.unanswered.isEmpty()) {
      PendingBatch batch = lane.unanswered.removeLast();
      BucketQueue queue = queue(batch);
      queue.unsent.addFirst(batch);
      queue.unanswered--;
      queue.offer();
    }
  }

  private void hold(BucketQueue queue, long nowNanos) {
    queue.withdraw();
    queue.lane = null;
    queue.next = null;
    queue.heldUntilNanos = nowNanos + queue.backoff.nextPause().toNanos();
    waiting++;
  }

  /** Returns how long until a bucket may be given a lane, 0 if now, or a very long time. */
  long nanosUntilRoute(long nowNanos) {
    long nanos = Long.MAX_VALUE;
    if (waiting > 0) {
      for (BucketQueue queue : queues.values()) {
        if (queue.lane == null) {
          nanos = Math.min(nanos, Math.max(0, queue.heldUntilNanos - nowNanos));
        }
      }
    }
    return nanos;
  }

  /** Returns whether a failure since the last call means that owners may have changed. */
  boolean takePlacementWrong() {
    boolean wrong = placementWrong;
    placementWrong = false;
    return wrong;
  }

  /**
   * Gives each bucket the lane that it should have now, except those that are held. Lanes that no
   * bucket needs any more are retired.
   *
   * @return the lanes that are new, and need a sender
   */
  List<Lane> route(Chooser chooser, long nowNanos) {
    List<Lane> made = new ArrayList<>();
    for (BucketQueue queue : queues.values()) {
      Lane current = queue.lane;
      if (current == null && queue.heldUntilNanos - nowNanos > 0) {
        continue;
      }
      Route route = chooser.choose(queue.bucket, current == null ? null : current.route);
      Lane lane = lanes.get(route);
      if (lane == null) {
        lane = newLane.apply(route);
        lanes.put(route, lane);
        made.add(lane);
      }
      if (current == null) {
        waiting--;
      }
      queue.moveTo(lane);
    }
    retire();
    return made;
  }

  private void retire() {
    lanes
        .values()
        .removeIf(
            lane -> {
              boolean needed =
                  queues.values().stream()
                      .anyMatch(queue -> queue.lane == lane || queue.next == lane);
              if (!needed) {
                lane.retired = true;
                lane.work.signalAll();
              }
              return !needed;
            });
  }

  /** Has all senders look whether they are to end. */
  void wakeLanes() {
    lanes.values().forEach(lane -> lane.work.signalAll());
  }

  /** Removes all batches, and returns them. */
  List<PendingBatch> clear() {
    List<PendingBatch> all = new ArrayList<>();
    for (Lane lane : lanes.values()) {
      all.addAll(lane.unanswered);
      lane.unanswered.clear();
      lane.ready.clear();
    }
    for (BucketQueue queue : queues.values()) {
      all.addAll(queue.unsent);
      queue.unsent.clear();
      queue.unanswered = 0;
      queue.ready = false;
    }
    batches = 0;
    return all;
  }

  private BucketQueue queue(PendingBatch batch) {
    BucketQueue queue = queues.get(batch.bucket());
    if (queue == null) {
      throw new IllegalStateException("no queue for a batch of bucket " + batch.bucket());
    }
    return queue;
  }
}
