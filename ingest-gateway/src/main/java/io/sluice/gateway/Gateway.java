package io.sluice.gateway;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.cluster.Membership;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.flight.FlightParts;
import io.sluice.gateway.flight.FlightPeers;
import io.sluice.gateway.flight.FlightService;
import io.sluice.gateway.http.HttpApi;
import io.sluice.gateway.http.HttpParts;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.read.Reads;
import io.sluice.gateway.tables.BucketOperations;
import io.sluice.gateway.tables.TableOperations;
import io.sluice.gateway.tables.Tables;
import io.sluice.gateway.tables.Workers;
import io.sluice.log.append.BucketLogs;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway: Arrow Flight, HTTP and Iceberg REST on one port, and the buckets that it owns.
 * Thread-safe.
 */
public final class Gateway {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int START_SECONDS = 30;

  private final Vertx vertx;
  private final GatewayServer server;
  private final BucketLogs logs;
  private final Workers workers;
  private final BufferAllocator allocator;
  private final GatewayMeters meters;
  private final Ownership ownership;
  private final Duration stopPatience;

  private Gateway(
      Vertx vertx,
      GatewayServer server,
      BucketLogs logs,
      Workers workers,
      BufferAllocator allocator,
      GatewayMeters meters,
      Ownership ownership,
      Duration stopPatience) {
    this.vertx = vertx;
    this.server = server;
    this.logs = logs;
    this.workers = workers;
    this.allocator = allocator;
    this.meters = meters;
    this.ownership = ownership;
    this.stopPatience = stopPatience;
  }

  /**
   * Starts a gateway; returns once it listens and has announced itself.
   *
   * @param parts stay the caller's, to close after the gateway
   * @throws IllegalStateException if it can't listen or announce itself; nothing is left running
   */
  public static Gateway start(GatewaySettings settings, GatewayParts parts) {
    String id = "gateway-" + UUID.randomUUID();
    Workers workers = new Workers(settings.workers());
    BufferAllocator allocator = new RootAllocator(settings.memoryBytes());
    BucketLogs logs =
        new BucketLogs(
            id,
            settings.log(),
            parts.segments(),
            parts.buckets(),
            (table, bucket, rows) -> parts.compaction().request(table));
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(settings.eventLoopThreads())
                .setWorkerPoolSize(settings.workers()));
    Membership membership = new Membership(parts.metadata(), id);
    Ownership ownership = new Ownership(logs, parts.buckets(), parts.metadata(), membership);
    GatewayMeters meters = new GatewayMeters();
    FlightParts flightParts =
        flightParts(
            settings,
            parts,
            new Inner(ownership, new FlightPeers(vertx, membership), logs, workers, meters),
            allocator);
    GatewayServer server = new GatewayServer(vertx, settings);
    FlightService flight = new FlightService(vertx, flightParts, server::port);
    Router router = Router.router(vertx);
    HttpApi.mount(vertx, router, httpParts(flightParts, parts, meters), settings.maxBodyBytes());
    Gateway gateway =
        new Gateway(
            vertx, server, logs, workers, allocator, meters, ownership, settings.stopPatience());
    try {
      server.start(flight::handle, router);
      membership
          .join(new Peer(id, settings.reachableHost(), server.port()))
          .get(START_SECONDS, TimeUnit.SECONDS);
      return gateway;
    } catch (Exception e) {
      gateway.close().exceptionally(closing -> null).join();
      throw new IllegalStateException(
          "the gateway can't start on %s:%d: %s"
              .formatted(settings.host(), settings.port(), e.getMessage()),
          e);
    }
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.port();
  }

  /**
   * Stops: hands its buckets over, with their open segments sealed, to the gateways that stay; then
   * no new calls, and streams end.
   *
   * @return completes when all is released; call it once
   */
  public CompletableFuture<Void> close() {
    return ownership
        .leave(stopPatience)
        .handle((left, failure) -> logged("the buckets", failure))
        .thenCompose(left -> server.stop())
        .handle((stopped, failure) -> logged("the server", failure))
        .thenCompose(closed -> vertx.close().toCompletionStage())
        .handle((closed, failure) -> logged("Vert.x", failure))
        .thenRun(
            () -> {
              logs.close();
              workers.close();
              allocator.close();
              meters.close();
            });
  }

  private static boolean logged(String what, @org.jspecify.annotations.Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("closing {} failed", what, failure);
    }
    return failure == null;
  }

  /** What a gateway has of its own. */
  private record Inner(
      Ownership ownership,
      FlightPeers peers,
      BucketLogs logs,
      Workers workers,
      GatewayMeters meters) {}

  private static FlightParts flightParts(
      GatewaySettings settings, GatewayParts parts, Inner inner, BufferAllocator allocator) {
    Ownership ownership = inner.ownership();
    Tables tables = new Tables(parts.catalog(), inner.workers(), settings.tableValidity());
    BucketOperations buckets =
        new BucketOperations(ownership, inner.logs(), parts.buckets(), inner.peers());
    return new FlightParts(
        settings,
        allocator,
        ownership,
        tables,
        new TableOperations(
            new TableOperations.Parts(
                parts.catalog(),
                parts.lake(),
                parts.compaction(),
                buckets,
                tables,
                inner.workers()),
            settings.flushPoll()),
        new Appends(ownership, inner.peers(), settings.log(), inner.meters()),
        new Reads(ownership, inner.peers(), inner.meters()),
        inner.workers(),
        new AtomicLong());
  }

  private static HttpParts httpParts(FlightParts flight, GatewayParts parts, GatewayMeters meters) {
    return new HttpParts(
        flight.ownership().id(),
        flight.tables(),
        flight.operations(),
        flight.appends(),
        flight.reads(),
        flight.settings().gate(),
        new IcebergRest(parts.lake().icebergCatalog(), parts.lake().settings().catalogProperties()),
        () -> parts.metadata().list(MetadataPaths.GATEWAYS).thenApply(gateways -> null),
        meters,
        flight.allocator());
  }
}
