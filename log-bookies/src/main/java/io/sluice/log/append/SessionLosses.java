package io.sluice.log.append;

import java.util.concurrent.atomic.AtomicLong;

/** Counts how often this gateway's session with the metadata store was lost. Thread-safe. */
final class SessionLosses {

  private final AtomicLong count = new AtomicLong();

  /** The session is lost, or may be. */
  void lost() {
    count.incrementAndGet();
  }

  /** Returns the losses so far. */
  long count() {
    return count.get();
  }
}
