package io.sluice.log.bookie.metrics;

import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.bookkeeper.stats.Counter;
import org.apache.bookkeeper.stats.Gauge;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.stats.OpStatsLogger;
import org.apache.bookkeeper.stats.StatsLogger;
import org.apache.bookkeeper.stats.StatsProvider;
import org.apache.commons.configuration2.Configuration;

/**
 * Takes BookKeeper's figures, and keeps those that are {@link Exposed}. Its scopes are ignored, as
 * the names of those are enough to tell them apart. Thread-safe.
 */
public final class BookKeeperFigures implements StatsProvider, StatsLogger {

  /** What the names of a bookie's metrics begin with. */
  public static final String BOOKIE = "sluice_bookie_";

  /** What the names of autorecovery's metrics begin with. */
  public static final String AUTORECOVERY = "sluice_autorecovery_";

  private final String prefix;
  private final Map<String, Times> times = new ConcurrentHashMap<>();
  private final Map<String, Total> totals = new ConcurrentHashMap<>();
  private final Map<String, Gauge<? extends Number>> gauges = new ConcurrentHashMap<>();

  /**
   * @param prefix which ones: BookKeeper's clients, autorecovery among them, have some of the
   *     bookies' names too
   */
  public BookKeeperFigures(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public void start(Configuration conf) {
    // There is nothing to start: whoever wants the figures asks for them.
  }

  @Override
  public void stop() {
    // Likewise.
  }

  @Override
  public StatsLogger getStatsLogger(String scope) {
    return this;
  }

  @Override
  public StatsLogger scope(String name) {
    return this;
  }

  @Override
  public StatsLogger scopeLabel(String name, String value) {
    return this;
  }

  @Override
  public void removeScope(String name, StatsLogger logger) {
    // A figure stays once it was told.
  }

  @Override
  public OpStatsLogger getOpStatsLogger(String name) {
    return is(name, Exposed.Kind.TIMES)
        ? times.computeIfAbsent(name, unused -> new Times())
        : NullStatsLogger.INSTANCE.getOpStatsLogger(name);
  }

  @Override
  public OpStatsLogger getThreadScopedOpStatsLogger(String name) {
    return getOpStatsLogger(name);
  }

  @Override
  public Counter getCounter(String name) {
    return is(name, Exposed.Kind.COUNTER)
        ? totals.computeIfAbsent(name, unused -> new Total())
        : NullStatsLogger.INSTANCE.getCounter(name);
  }

  @Override
  public Counter getThreadScopedCounter(String name) {
    return getCounter(name);
  }

  @Override
  public <T extends Number> void registerGauge(String name, Gauge<T> gauge) {
    if (is(name, Exposed.Kind.READ_ONLY)) {
      gauges.put(name, gauge);
    }
  }

  @Override
  public <T extends Number> void unregisterGauge(String name, Gauge<T> gauge) {
    gauges.remove(name, gauge);
  }

  @Override
  public void writeAllMetrics(Writer writer) throws IOException {
    writer.write(text());
  }

  /** Returns all that is known, in Prometheus's text format. */
  String text() {
    StringBuilder out = new StringBuilder();
    for (Exposed metric : Exposed.ALL) {
      Times histogram = times.get(metric.source());
      Total total = totals.get(metric.source());
      Gauge<? extends Number> gauge = gauges.get(metric.source());
      if (histogram != null) {
        histogram.write(metric, out);
      } else if (total != null) {
        Exposition.head(out, metric.name() + "_total", "counter", metric.help());
        Exposition.sample(out, metric.name() + "_total", "", total.get());
      } else if (gauge != null) {
        Exposition.head(out, metric.name(), "gauge", metric.help());
        Exposition.sample(out, metric.name(), "", gauge.getSample().intValue() == 1 ? 0 : 1);
      }
    }
    return out.toString();
  }

  private boolean is(String name, Exposed.Kind kind) {
    Exposed metric = Exposed.of(name);
    return metric != null && metric.kind() == kind && metric.name().startsWith(prefix);
  }
}
