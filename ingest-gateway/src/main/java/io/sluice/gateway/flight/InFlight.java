package io.sluice.gateway.flight;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all DoPut streams that aren't durable yet. A batch counts until its append is done,
 * also when the client breaks its stream off before: it is held all the same. Thread-safe.
 */
public final class InFlight {

  private final long mostBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

  /**
   * Starts with nothing.
   *
   * @param mostBytes from how many bytes on a stream gets no second batch in; from twice as many on
   *     it gets no first one in either
   */
  public InFlight(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Returns the bytes that are on their way now. */
  public long bytes() {
    return bytes.get();
  }

  /**
   * Counts a batch until it is appended or has failed.
   *
   * @return completes as {@code append} does, once the batch doesn't count any more
   */
  <T> CompletableFuture<T> count(CompletableFuture<T> append, long batchBytes) {
    bytes.addAndGet(batchBytes);
    return append.whenComplete(
        (appended, failure) -> {
          bytes.addAndGet(-batchBytes);
          wake();
        });
  }

  /** Returns whether a stream that has batches on their way may send another one. */
  boolean hasRoom() {
    return bytes.get() < mostBytes;
  }

  /**
   * Returns whether a stream that has nothing on its way may send a batch.
   *
   * @param more runs once, on any thread, when it may after all; unless {@link #forget} comes first
   */
  boolean hasRoomForFirst(Runnable more) {
    if (isOpen()) {
      return true;
    }
    waiting.add(more);
    // What was given back meanwhile has woken only those that waited then.
    return isOpen() && waiting.remove(more);
  }

  /** Doesn't run {@code more} any more. */
  void forget(Runnable more) {
    waiting.remove(more);
  }

  private boolean isOpen() {
    return bytes.get() / 2 < mostBytes;
  }

  private void wake() {
    if (isOpen()) {
      for (Runnable more : List.copyOf(waiting)) {
        if (waiting.remove(more)) {
          more.run();
        }
      }
    }
  }
}
