package io.sluice.bench.measure;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Counts acknowledged rows, and keeps the times of those that are measured. */
final class CountingAcks implements Acks {

  private static final long PATIENCE_NANOS = 5_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 20_000;

  private final LongAdder rows = new LongAdder();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Latencies latencies = new Latencies();
  private volatile long measuredFrom = Long.MAX_VALUE;

  /** From now on, ids of this or later are moments at which rows were due: they are timed. */
  void measureFrom(long firstDue) {
    measuredFrom = firstDue;
  }

  @Override
  public void acked(long id) {
    rows.increment();
    if (id >= measuredFrom) {
      time(System.nanoTime() - id);
    }
  }

  @Override
  public void acked(long[] ids, int count) {
    rows.add(count);
    if (ids[count - 1] >= measuredFrom) {
      long now = System.nanoTime();
      for (int i = 0; i < count; i++) {
        if (ids[i] >= measuredFrom) {
          time(now - ids[i]);
        }
      }
    }
  }

  private synchronized void time(long nanos) {
    latencies.add(nanos);
  }

  @Override
  public void failed(Throwable why) {
    failure.compareAndSet(null, why);
  }

  /**
   * Waits until as many rows as were sent are acknowledged: that their producer found them durable
   * may be known a moment earlier.
   */
  void await(long sent) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    requireNoFailure();
    while (rows.sum() < sent && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
      requireNoFailure();
    }
    if (rows.sum() != sent) {
      throw new IllegalStateException(rows.sum() + " of " + sent + " rows were acknowledged");
    }
  }

  /** Checks that no row failed so far. */
  void requireNoFailure() {
    Throwable why = failure.get();
    if (why != null) {
      throw new IllegalStateException("a row was not acknowledged: " + why, why);
    }
  }

  /** Returns the times of the measured rows; all must be acknowledged. */
  synchronized Latencies latencies() {
    return latencies;
  }
}
