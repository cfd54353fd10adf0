package io.sluice.gateway.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all requests together may hold. Thread-safe. */
final class ByteBudget {

  // Chunks of a body come without a pause, unless its client or the way to it is gone.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final long mostBytes;
  private final Duration patience;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Starts with nothing taken, and 30 seconds of patience.
   *
   * @param mostBytes how many bytes may be held at once
   */
  ByteBudget(long mostBytes) {
    this(mostBytes, PATIENCE);
  }

  /**
   * Starts with nothing taken.
   *
   * @param mostBytes how many bytes may be held at once
   * @param patience how long they are held for a client that sends nothing, at least 1 ms
   */
  ByteBudget(long mostBytes, Duration patience) {
    this.mostBytes = mostBytes;
    this.patience = patience;
  }

  /** Returns an empty share, for one request. */
  Share share() {
    return new Share();
  }

  /** Returns the bytes that are taken now. */
  long taken() {
    return taken.get();
  }

  /** What one request holds. Its calls come one after another. */
  final class Share implements AutoCloseable {

    private final AtomicLong held = new AtomicLong();

    /** Takes more bytes. Returns whether there were as many; if not, nothing was taken. */
    boolean take(long bytes) {
      if (taken.addAndGet(bytes) > mostBytes) {
        taken.addAndGet(-bytes);
        return false;
      }
      held.addAndGet(bytes);
      return true;
    }

    /** Returns how long it is held for a client that sends nothing. */
    Duration patience() {
      return patience;
    }

    /** Gives everything back. Harmless when called again. */
    @Override
    public void close() {
      taken.addAndGet(-held.getAndSet(0));
    }
  }
}
