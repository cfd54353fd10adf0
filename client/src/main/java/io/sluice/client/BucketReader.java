package io.sluice.client;

import io.sluice.client.SluiceException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bucket at its owner, ahead of its consumer within a bound. After a broken connection, or
 * when the bucket has another owner, it asks who owns it and goes on there at the next offset, so
 * that no row is missing or doubled. For one consumer at a time; {@link #close} may be called by
 * any thread.
 */
public final class BucketReader implements AutoCloseable {

  private final ReadSpec spec;
  private final Deque<ReadAhead> ready = new ArrayDeque<>();
  private final ReadLoop loop;
  private final BufferAllocator allocator;
  private long readyBytes;
  private long position;
  private long passedOver;
  private boolean ended;
  private boolean closed;
  private @Nullable SluiceException failure;
  private Runnable listener = () -> {};

  private BucketReader(ReadSpec spec, Cluster cluster, long from, long to) {
    this.spec = spec;
    this.allocator = cluster.allocator();
    this.position = from;
    this.loop = new ReadLoop(cluster, spec, from, to, this);
  }

  static BucketReader open(SluiceClient client, Cluster cluster, ReadSpec spec)
      throws SluiceException {
    ReadRange range = ReadRange.resolve(client, spec);
    BucketReader reader = new BucketReader(spec, cluster, range.from(), range.to());
    reader.loop.start();
    return reader;
  }

  /** Returns what is read. */
  public ReadSpec spec() {
    return spec;
  }

  /**
   * Returns the offset of the next row that {@link #next} or {@link #poll} returns, or, with a
   * filter, one before it from which to go on.
   */
  public synchronized long position() {
    return position;
  }

  /**
   * Waits for the next rows.
   *
   * @return rows, which the caller must close; empty at the end, which a reader that follows has
   *     only if it was given one
   * @throws SluiceException if reading failed, for good: open another at {@link #position}
   */
  public Optional<ReadBatch> next() throws SluiceException {
    Optional<ReadBatch> batch = Optional.empty();
    while (batch.isEmpty() && !ended()) {
      batch = poll(Duration.ofDays(1));
    }
    return batch;
  }

  /**
   * Waits for the next rows, but not for ever.
   *
   * @return rows, which the caller must close; empty if there are none in time, or at the {@link
   *     #ended end}
   * @throws SluiceException if reading failed, for good: open another at {@link #position}
   */
  public Optional<ReadBatch> poll(Duration atMost) throws SluiceException {
    ReadAhead rows = take(atMost);
    if (rows == null) {
      return Optional.empty();
    }
    loop.goOn();
    try {
      return Optional.of(rows.decode(allocator));
    } catch (SluiceException e) {
      giveUp(rows.offset(), e);
      throw e;
    }
  }

  /** Rows can't be read: none after them may be returned either, or these would be left out. */
  private void giveUp(long offset, SluiceException why) {
    loop.stop();
    synchronized (this) {
      ready.forEach(ReadAhead::close);
      ready.clear();
      readyBytes = 0;
      position = offset;
    }
    fail(why);
  }

  private synchronized @Nullable ReadAhead take(Duration atMost) throws SluiceException {
    long deadline = System.nanoTime() + atMost.toNanos();
    long left = atMost.toNanos();
    while (ready.isEmpty() && !ended && !closed && failure == null && left > 0) {
      await(left);
      left = deadline - System.nanoTime();
    }
    if (closed) {
      throw new SluiceException(Reason.CLOSED, "the reader of " + what() + " is closed");
    }
    ReadAhead rows = ready.poll();
    if (rows == null) {
      if (failure != null) {
        throw failure;
      }
      return null;
    }
    readyBytes -= rows.bytes();
    position = ready.isEmpty() ? Math.max(passedOver, rows.endOffset()) : rows.endOffset();
    return rows;
  }

  /** Returns whether all rows were returned and no more come. */
  public synchronized boolean ended() {
    return ended && ready.isEmpty();
  }

  /**
   * Has {@code ready} called whenever {@link #poll} has something new to return or throw, on
   * another thread; it must not block.
   */
  public synchronized void whenReady(Runnable ready) {
    listener = ready;
  }

  /** Ends reading, and releases what was read ahead. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    loop.stop();
    synchronized (this) {
      ready.forEach(ReadAhead::close);
      ready.clear();
    }
  }

  /** Returns how many more bytes may be read ahead. */
  synchronized long room() {
    long room = spec.prefetchBytes() - readyBytes;
    return ready.isEmpty() ? Math.max(1, room) : room;
  }

  /** Takes over rows. */
  void offer(ReadAhead rows) {
    changed(
        () -> {
          if (closed) {
            rows.close();
          } else {
            ready.add(rows);
            readyBytes += rows.bytes();
          }
        });
  }

  /** No row before an offset is of interest, beside those that were offered. */
  synchronized void passOver(long offset) {
    passedOver = offset;
    if (ready.isEmpty()) {
      position = offset;
    }
  }

  void end() {
    changed(() -> ended = true);
  }

  void fail(SluiceException reason) {
    changed(() -> failure = reason.in("read of " + what()));
  }

  private void changed(Runnable change) {
    Runnable told;
    synchronized (this) {
      change.run();
      notifyAll();
      told = listener;
    }
    told.run();
  }

  private String what() {
    return "table " + spec.table() + ", bucket " + spec.bucket() + " at offset " + position;
  }

  private void await(long nanos) throws SluiceException {
    try {
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(Reason.UNAVAILABLE, "read of " + what() + " was interrupted", e);
    }
  }
}
