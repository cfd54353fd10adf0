package io.sluice.log.bookie.metrics;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.bookkeeper.stats.OpStatsData;
import org.apache.bookkeeper.stats.OpStatsLogger;

/** A histogram of the times that calls took which went well, and a count of those that failed. */
final class Times implements OpStatsLogger {

  /** Upper bounds of the buckets in microseconds: from a fast device's sync to a stalled one. */
  private static final long[] BOUNDS_MICROS = {
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000
  };

  private final LongAdder[] buckets = new LongAdder[BOUNDS_MICROS.length + 1];
  private final LongAdder micros = new LongAdder();
  private final LongAdder failures = new LongAdder();

  Times() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  @Override
  public void registerSuccessfulEvent(long latency, TimeUnit unit) {
    long took = unit.toMicros(latency);
    int bucket = 0;
    while (bucket < BOUNDS_MICROS.length && took > BOUNDS_MICROS[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    micros.add(took);
  }

  @Override
  public void registerFailedEvent(long latency, TimeUnit unit) {
    failures.increment();
  }

  /** A value that is no time; none of those that are told is registered so. */
  @Override
  public void registerSuccessfulValue(long value) {
    registerSuccessfulEvent(value, TimeUnit.MILLISECONDS);
  }

  @Override
  public void registerFailedValue(long value) {
    failures.increment();
  }

  /** Appends it in Prometheus's text format. */
  void write(Exposed metric, StringBuilder out) {
    String name = metric.name() + "_seconds";
    Exposition.head(out, name, "histogram", metric.help());
    long count = 0;
    for (int i = 0; i < BOUNDS_MICROS.length; i++) {
      count += buckets[i].sum();
      String bound = String.format(Locale.ROOT, "%s", BOUNDS_MICROS[i] / 1e6);
      Exposition.sample(out, name + "_bucket", "le=\"" + bound + "\"", count);
    }
    count += buckets[BOUNDS_MICROS.length].sum();
    Exposition.sample(out, name + "_bucket", "le=\"+Inf\"", count);
    Exposition.sample(out, name + "_sum", "", micros.sum() / 1e6);
    Exposition.sample(out, name + "_count", "", count);
    String failed = metric.name() + "_failures_total";
    Exposition.head(out, failed, "counter", "Those that failed. " + metric.help());
    Exposition.sample(out, failed, "", failures.sum());
  }

  /** Quantiles, which nobody here asks for. */
  @Override
  public OpStatsData toOpStatsData() {
    return new OpStatsData(0, failures.sum(), 0, new long[6]);
  }

  @Override
  public void clear() {
    // What was told is told on, as Prometheus takes less than before for a start.
  }
}
