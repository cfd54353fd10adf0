package io.sluice.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.announce.SqsAnnouncements;
import io.sluice.gateway.append.AppendListener;
import io.sluice.gateway.quota.QuotaListener;
import io.sluice.gateway.read.FollowListener;
import io.sluice.gateway.tables.LakeLags;
import io.sluice.gateway.tables.LakeLags.TableLag;
import io.sluice.gateway.tables.PurgesStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** The gateway's meters, and their text for Prometheus. Thread-safe. */
public final class GatewayMeters
    implements AppendListener, FollowListener, QuotaListener, LakeLags.Listener, AutoCloseable {

  /** The protocol by which a request came. */
  public enum Protocol {
    /** Arrow Flight. */
    FLIGHT("flight"),
    /** The HTTP API. */
    HTTP("http"),
    /** The Iceberg REST catalog. */
    ICEBERG("iceberg");

    private final String tag;

    Protocol(String tag) {
      this.tag = tag;
    }
  }

  private static final String QUOTA_WAIT = "sluice.quota.wait";
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final ConcurrentHashMap<TableName, TableMeters> tables = new ConcurrentHashMap<>();
  private final AtomicLong followers = new AtomicLong();
  private final Timer appendLatency;
  private final MultiGauge lagRows;
  private final MultiGauge lagBytes;
  private final MultiGauge lagSeconds;
  private final MultiGauge failing;
  private final MaintenanceMeters maintenance = new MaintenanceMeters(registry);

  /** Starts with everything at zero, and the JVM's own meters. */
  public GatewayMeters() {
    appendLatency =
        Timer.builder("sluice.append.latency")
            .description("Time from a batch, validated, to its acknowledgement")
            .serviceLevelObjectives(
                Duration.ofNanos(250_000),
                Duration.ofNanos(500_000),
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10))
            .register(registry);
    Gauge.builder("sluice.followers", followers, AtomicLong::doubleValue)
        .description("Readers of a bucket that wait for new rows")
        .register(registry);
    lagRows =
        MultiGauge.builder("sluice.lake.lag.rows")
            .description("Rows that are in the log only")
            .register(registry);
    lagBytes =
        MultiGauge.builder("sluice.lake.lag")
            .description("About how many bytes of the log aren't in the lake yet")
            .baseUnit("bytes")
            .register(registry);
    lagSeconds =
        MultiGauge.builder("sluice.lake.lag.age")
            .description("Age of the oldest row that isn't in the lake yet")
            .baseUnit("seconds")
            .register(registry);
    failing =
        MultiGauge.builder("sluice.compaction.failing")
            .description("1 if the table's last compaction failed; `sluice status` says why")
            .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  /** Counts rows that are durable. */
  @Override
  public void appended(Table table, long rows, long bytes, Duration latency) {
    TableMeters meters = meters(table);
    meters.rows.increment((double) rows);
    meters.bytes.increment((double) bytes);
    meters.batchRows.record((double) rows);
    appendLatency.record(latency);
  }

  /** Counts rows of a table that went to its dead letters. */
  public void deadLettered(Table table, long rows) {
    meters(table).deadLetters.increment((double) rows);
  }

  /** Measures what a table's quotas hold up. */
  @Override
  public void waited(Table table, Duration wait) {
    var unused = meters(table);
    Timer.builder(QUOTA_WAIT)
        .description("How long rows of the table were told to wait by its quotas, or not read")
        .tags(tags(table.name()))
        .register(registry)
        .record(wait);
  }

  /** Counts a batch that was not appended, by the reason's code. */
  public void refused(Protocol protocol, String code) {
    registry.counter("sluice.append.failures", "protocol", protocol.tag, "code", code).increment();
  }

  /** Counts an answered request. */
  public void answered(Protocol protocol, String method, int status, Duration took) {
    Timer.builder("sluice.requests")
        .description("Requests answered; streams count once they end")
        .tag("protocol", protocol.tag)
        .tag("method", named(protocol, method))
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(took);
  }

  /** Callers may make up methods of HTTP, and each would be a series of its own. */
  private static String named(Protocol protocol, String method) {
    return protocol == Protocol.FLIGHT || METHODS.contains(method) ? method : "other";
  }

  /** Counts a reader that waits for new rows. */
  @Override
  public void followerOpened() {
    followers.incrementAndGet();
  }

  /** Takes a reader off the count. */
  @Override
  public void followerClosed() {
    followers.decrementAndGet();
  }

  /** Shows what becomes of announcements to the compactor's function. */
  public void announcements(SqsAnnouncements announcements) {
    count("sluice.announcements.sent", "Announcements that the queue took", announcements::sent);
    count(
        "sluice.announcements.failures",
        "Calls of the queue that failed and are made again",
        announcements::failures);
    count(
        "sluice.announcements.dropped",
        "Announcements that were left to the schedule because too many waited",
        announcements::dropped);
    gauge(
        "sluice.announcements.waiting", "Tables that wait to be announced", announcements::waiting);
  }

  private void count(String name, String description, LongSupplier value) {
    FunctionCounter.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  /** Shows a value, read whenever the metrics are. */
  public void gauge(String name, String description, LongSupplier value) {
    Gauge.builder(name, value, LongSupplier::getAsLong)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Shows how far the lake is behind, and how it is maintained, of all tables that there are. */
  @Override
  public void lakeLags(List<TableLag> lags, PurgesStatus purges) {
    show(lagRows, lags, one -> one.lag().rows());
    show(lagBytes, lags, one -> one.lag().bytes());
    show(lagSeconds, lags, TableLag::seconds);
    show(failing, lags, one -> one.failing() ? 1 : 0);
    maintenance.show(lags, purges);
  }

  static void show(MultiGauge gauge, List<TableLag> lags, ToDoubleFunction<TableLag> value) {
    gauge.register(
        lags.stream()
            .map(one -> MultiGauge.Row.of(tags(one.table()), value.applyAsDouble(one)))
            .toList(),
        true);
  }

  static Tags tags(TableName table) {
    return Tags.of("database", table.database(), "table", table.table());
  }

  /** Forgets a dropped table's meters, unless there is another one of its name by now. */
  public void dropped(UUID tableId) {
    for (TableName table : List.copyOf(tables.keySet())) {
      tables.computeIfPresent(
          table,
          (name, meters) -> {
            if (!meters.tableId.equals(tableId)) {
              return meters;
            }
            registry.find(QUOTA_WAIT).tags(tags(name)).timers().forEach(registry::remove);
            meters.remove(registry);
            return null;
          });
    }
  }

  /** Returns all meters in Prometheus' text format 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private TableMeters meters(Table table) {
    TableMeters meters =
        tables.computeIfAbsent(table.name(), name -> new TableMeters(registry, name, table.id()));
    meters.tableId = table.id();
    return meters;
  }

  private static final class TableMeters {

    private final Counter rows;
    private final Counter bytes;
    private final DistributionSummary batchRows;
    private final Counter deadLetters;
    private volatile UUID tableId;

    TableMeters(PrometheusMeterRegistry registry, TableName table, UUID tableId) {
      this.tableId = tableId;
      rows =
          Counter.builder("sluice.appended.rows")
              .description("Rows made durable")
              .tags("database", table.database(), "table", table.table())
              .register(registry);
      bytes =
          Counter.builder("sluice.appended")
              .baseUnit("bytes")
              .description("Bytes of rows made durable, as frames")
              .tags("database", table.database(), "table", table.table())
              .register(registry);
      batchRows =
          DistributionSummary.builder("sluice.append.batch.rows")
              .description("Rows of a batch")
              .tags("database", table.database(), "table", table.table())
              .register(registry);
      deadLetters =
          Counter.builder("sluice.dead.letters")
              .description("Rows that went to the table's dead letters")
              .tags("database", table.database(), "table", table.table())
              .register(registry);
    }

    void remove(PrometheusMeterRegistry registry) {
      registry.remove(rows);
      registry.remove(bytes);
      registry.remove(batchRows);
      registry.remove(deadLetters);
    }
  }
}
