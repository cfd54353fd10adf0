package io.sluice.log.bookie.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.bookkeeper.stats.OpStatsData;
import org.apache.bookkeeper.stats.OpStatsLogger;

/**
 * A histogram of the times that calls took which went well, and a count of those that failed.
 *
 * @param succeeded the histogram
 * @param failed the count
 */
record Times(Timer succeeded, Counter failed) implements OpStatsLogger {

  /** Upper bounds of the buckets: from a fast device's sync to a stalled one. */
  private static final Duration[] BOUNDS =
      LongStream.of(
              100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
              1_000_000, 2_500_000, 5_000_000)
          .mapToObj(micros -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
          .toArray(Duration[]::new);

  /** Returns those of a metric, as a registry has them. */
  static Times of(Exposed metric, MeterRegistry registry) {
    return new Times(
        Timer.builder(metric.name())
            .description(metric.help())
            .serviceLevelObjectives(BOUNDS)
            .register(registry),
        Counter.builder(metric.name() + "_failures")
            .description("Those that failed. " + metric.help())
            .register(registry));
  }

  @Override
  public void registerSuccessfulEvent(long latency, TimeUnit unit) {
    succeeded.record(latency, unit);
  }

  @Override
  public void registerFailedEvent(long latency, TimeUnit unit) {
    failed.increment();
  }

  /** A value that is no time; none of those that are told is registered so. */
  @Override
  public void registerSuccessfulValue(long value) {
    registerSuccessfulEvent(value, TimeUnit.MILLISECONDS);
  }

  @Override
  public void registerFailedValue(long value) {
    failed.increment();
  }

  /** Quantiles, which nobody here asks for. */
  @Override
  public OpStatsData toOpStatsData() {
    return new OpStatsData(succeeded.count(), (long) failed.count(), 0, new long[6]);
  }

  @Override
  public void clear() {
    // What was told is told on, as Prometheus takes less than before for a start.
  }
}
