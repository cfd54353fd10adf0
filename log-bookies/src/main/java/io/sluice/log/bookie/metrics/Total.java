package io.sluice.log.bookie.metrics;

import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.stats.Counter;

/**
 * A number that only grows.
 *
 * @param counter what the registry has of it
 */
record Total(io.micrometer.core.instrument.Counter counter) implements Counter {

  @Override
  public void inc() {
    counter.increment();
  }

  @Override
  public void dec() {
    // BookKeeper takes from none of those that are told.
  }

  @Override
  public void addCount(long delta) {
    counter.increment((double) delta);
  }

  @Override
  public void addLatency(long latency, TimeUnit unit) {
    counter.increment((double) unit.toMillis(latency));
  }

  @Override
  public Long get() {
    return (long) counter.count();
  }

  @Override
  public void clear() {
    // What was told is told on, as Prometheus takes less than before for a start.
  }
}
