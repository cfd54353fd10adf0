package io.sluice.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all requests together may hold. Thread-safe. */
final class ByteBudget {

  private final long mostBytes;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Starts with nothing taken.
   *
   * @param mostBytes how many bytes may be held at once
   */
  ByteBudget(long mostBytes) {
    this.mostBytes = mostBytes;
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

    /** Gives everything back. Harmless when called again. */
    @Override
    public void close() {
      taken.addAndGet(-held.getAndSet(0));
    }
  }
}
