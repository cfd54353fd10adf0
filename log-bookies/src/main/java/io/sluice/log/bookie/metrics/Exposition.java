package io.sluice.log.bookie.metrics;

/** Lines of Prometheus's text format, version 0.0.4. */
final class Exposition {

  /** Its content type. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private Exposition() {}

  /** Appends what a metric is. */
  static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /**
   * Appends one figure.
   *
   * @param labels as {@code key="value"}, empty for none
   */
  static void sample(StringBuilder out, String name, String labels, Number value) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }
}
