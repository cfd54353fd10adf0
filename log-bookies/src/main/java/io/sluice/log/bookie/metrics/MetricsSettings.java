package io.sluice.log.bookie.metrics;

/**
 * Where metrics are served, in Prometheus's text format, at {@code /metrics}. Whoever reaches the
 * address may read them; they have figures, and no rows and no names of tables.
 *
 * @param host address to listen on
 * @param port TCP port, 0 for no metrics
 */
public record MetricsSettings(String host, int port) {

  /** None, as several bookies may be on one computer. */
  public static final MetricsSettings NONE = new MetricsSettings("127.0.0.1", 0);

  public MetricsSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("metrics.host must not be blank");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("metrics.port must be 0 to 65535: " + port);
    }
  }

  /** Returns whether there are any. */
  public boolean enabled() {
    return port != 0;
  }
}
