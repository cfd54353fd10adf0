package io.sluice.log.bookie.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.Writer;
import org.apache.bookkeeper.stats.Counter;
import org.apache.bookkeeper.stats.Gauge;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.stats.OpStatsLogger;
import org.apache.bookkeeper.stats.StatsLogger;
import org.apache.bookkeeper.stats.StatsProvider;
import org.apache.commons.configuration2.Configuration;
import org.jspecify.annotations.Nullable;

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
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

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
    Exposed metric = exposed(name, Exposed.Kind.TIMES);
    return metric == null
        ? NullStatsLogger.INSTANCE.getOpStatsLogger(name)
        : Times.of(metric, registry);
  }

  @Override
  public OpStatsLogger getThreadScopedOpStatsLogger(String name) {
    return getOpStatsLogger(name);
  }

  @Override
  public Counter getCounter(String name) {
    Exposed metric = exposed(name, Exposed.Kind.COUNTER);
    return metric == null
        ? NullStatsLogger.INSTANCE.getCounter(name)
        : new Total(
            io.micrometer.core.instrument.Counter.builder(metric.name())
                .description(metric.help())
                .register(registry));
  }

  @Override
  public Counter getThreadScopedCounter(String name) {
    return getCounter(name);
  }

  @Override
  public <T extends Number> void registerGauge(String name, Gauge<T> gauge) {
    Exposed metric = exposed(name, Exposed.Kind.READ_ONLY);
    if (metric != null) {
      io.micrometer.core.instrument.Gauge.builder(
              metric.name(), () -> gauge.getSample().intValue() == 1 ? 0 : 1)
          .description(metric.help())
          .register(registry);
    }
  }

  @Override
  public <T extends Number> void unregisterGauge(String name, Gauge<T> gauge) {
    Exposed metric = exposed(name, Exposed.Kind.READ_ONLY);
    if (metric != null) {
      registry.find(metric.name()).meters().forEach(registry::remove);
    }
  }

  @Override
  public void writeAllMetrics(Writer writer) throws IOException {
    writer.write(text());
  }

  /** Returns what has them, for figures that aren't BookKeeper's. */
  MeterRegistry registry() {
    return registry;
  }

  /** Returns all that is known, in Prometheus's text format. */
  String text() {
    return registry.scrape();
  }

  private @Nullable Exposed exposed(String name, Exposed.Kind kind) {
    Exposed metric = Exposed.of(name);
    return metric != null && metric.kind() == kind && metric.name().startsWith(prefix)
        ? metric
        : null;
  }
}
