package io.sluice.gateway.flight;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all DoPut streams that aren't durable yet. A batch counts until its append is done,
 * also when the client breaks its stream off before: it is held all the same. A table whose rows
 * can't be stored takes up all the room there is sooner or later, as its writers send them again;
 * other tables, which hold little, go on a batch at a time. Thread-safe.
 */
public final class InFlight {

  /** A table holds little with less than this part of the bytes from which streams wait. */
  private static final int LITTLE = 8;

  private final long mostBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<UUID, Long> bytesByTable = new ConcurrentHashMap<>();
  private final Map<Runnable, UUID> waiting = new ConcurrentHashMap<>();

  /**
   * Starts with nothing.
   *
   * @param mostBytes from how many bytes on a stream gets no second batch in; from twice as many on
   *     it gets no first one in either, unless its table holds less than an eighth of them
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
  <T> CompletableFuture<T> count(UUID tableId, CompletableFuture<T> append, long batchBytes) {
    add(tableId, batchBytes);
    return append.whenComplete(
        (appended, failure) -> {
          add(tableId, -batchBytes);
          wake();
        });
  }

  private void add(UUID tableId, long change) {
    bytes.addAndGet(change);
    bytesByTable.merge(tableId, change, (held, more) -> held + more == 0 ? null : held + more);
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
  boolean hasRoomForFirst(UUID tableId, Runnable more) {
    if (isOpen(tableId)) {
      return true;
    }
    waiting.put(more, tableId);
    // What was given back meanwhile has woken only those that waited then.
    return isOpen(tableId) && waiting.remove(more) != null;
  }

  /** Doesn't run {@code more} any more. */
  void forget(Runnable more) {
    waiting.remove(more);
  }

  private boolean isOpen(UUID tableId) {
    return bytes.get() / 2 < mostBytes
        || bytesByTable.getOrDefault(tableId, 0L) < mostBytes / LITTLE;
  }

  private void wake() {
    waiting.forEach(
        (more, tableId) -> {
          if (isOpen(tableId) && waiting.remove(more) != null) {
            more.run();
          }
        });
  }
}
