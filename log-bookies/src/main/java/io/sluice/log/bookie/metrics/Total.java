package io.sluice.log.bookie.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.bookkeeper.stats.Counter;

/** A number that grows. */
final class Total implements Counter {

  private final LongAdder sum = new LongAdder();

  @Override
  public void inc() {
    sum.increment();
  }

  @Override
  public void dec() {
    sum.decrement();
  }

  @Override
  public void addCount(long delta) {
    sum.add(delta);
  }

  @Override
  public void addLatency(long latency, TimeUnit unit) {
    sum.add(unit.toMillis(latency));
  }

  @Override
  public Long get() {
    return sum.sum();
  }

  @Override
  public void clear() {
    // What was told is told on, as Prometheus takes less than before for a start.
  }
}
