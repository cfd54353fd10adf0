package io.sluice.gateway;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.DroppedLogs;
import io.sluice.gateway.announce.SqsAnnouncements;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.auth.Secrets;
import io.sluice.gateway.auth.TokenFile;
import io.sluice.gateway.cluster.Membership;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.flight.FlightParts;
import io.sluice.gateway.flight.FlightPeers;
import io.sluice.gateway.flight.FlightService;
import io.sluice.gateway.flight.InFlight;
import io.sluice.gateway.http.HttpApi;
import io.sluice.gateway.http.HttpParts;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.quota.Quotas;
import io.sluice.gateway.read.Reads;
import io.sluice.gateway.tables.BucketOperations;
import io.sluice.gateway.tables.LakeLags;
import io.sluice.gateway.tables.LakeReports;
import io.sluice.gateway.tables.TableOperations;
import io.sluice.gateway.tables.Tables;
import io.sluice.gateway.tls.Tls;
import io.sluice.gateway.upkeep.RetentionSweep;
import io.sluice.gateway.upkeep.Upkeep;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogThreads;
import io.sluice.log.upkeep.Reconciler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  private static final long FILES_EVERY_MS = 1_000;
  private static final Duration UPKEEP_LIMIT = Duration.ofMinutes(5);

  private final GatewaySettings settings;
  private final GatewayServer server;
  private final Inner inner;
  private final BufferAllocator allocator;
  private final Upkeep upkeep;

  private Gateway(
      GatewaySettings settings,
      GatewayServer server,
      Inner inner,
      BufferAllocator allocator,
      Upkeep upkeep) {
    this.settings = settings;
    this.server = server;
    this.inner = inner;
    this.allocator = allocator;
    this.upkeep = upkeep;
  }

  /**
   * Starts a gateway; returns once it listens and has announced itself.
   *
   * @param parts stay the caller's, to close after the gateway
   * @throws IllegalArgumentException if a file that the settings name isn't what it should be
   * @throws IllegalStateException if it can't listen or announce itself; nothing is left running
   */
  public static Gateway start(GatewaySettings settings, GatewayParts parts) {
    BufferAllocator allocator = new RootAllocator(settings.memoryBytes());
    Inner inner = Inner.create(settings, parts);
    if (parts.compaction() instanceof SqsAnnouncements announcements) {
      inner.meters().announcements(announcements);
    }
    FlightParts flightParts = flightParts(settings, parts, inner, allocator);
    Vertx vertx = inner.vertx();
    GatewayServer server = new GatewayServer(vertx, settings, inner.tls());
    FlightService flight = new FlightService(vertx, flightParts, server::port);
    Router router = Router.router(vertx);
    HttpParts http = httpParts(flightParts, parts, inner);
    HttpApi.mount(vertx, router, http, settings.maxBodyBytes());
    Upkeep upkeep = upkeep(inner.ownership(), parts);
    Gateway gateway = new Gateway(settings, server, inner, allocator, upkeep);
    try {
      server.start(flight::handle, router);
      inner.watchFiles(server);
      Membership membership = inner.membership();
      membership
          .join(
              new Peer(membership.id(), settings.reachableHost(), server.port())
                  .withTls(settings.tls().enabled())
                  .withSecretHash(Secrets.hash(inner.secret())))
          .get(START_SECONDS, TimeUnit.SECONDS);
      upkeep.start(settings.retainEvery(), settings.reconcileEvery());
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

  /** Returns how many gateways it knows to live, itself among them. */
  int known() {
    return inner.membership().placement().peers().size();
  }

  /**
   * Stops: hands its buckets over, with their open segments sealed, to the gateways that stay; then
   * no new calls, and streams end.
   *
   * @return completes when all is released; call it once
   */
  public CompletableFuture<Void> close() {
    upkeep.close();
    return inner
        .ownership()
        .leave(settings.stopPatience())
        .handle((left, failure) -> logged("the buckets", failure))
        .thenCompose(left -> server.stop())
        .handle((stopped, failure) -> logged("the server", failure))
        .thenCompose(closed -> inner.vertx().close().toCompletionStage())
        .handle((closed, failure) -> logged("Vert.x", failure))
        .thenRun(
            () -> {
              inner.logs().close();
              inner.workers().close();
              allocator.close();
              inner.meters().close();
            });
  }

  private static boolean logged(String what, @org.jspecify.annotations.Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("closing {} failed", what, failure);
    }
    return failure == null;
  }

  private static Upkeep upkeep(Ownership ownership, GatewayParts parts) {
    return new Upkeep(
        ownership,
        parts.catalog(),
        new RetentionSweep(ownership, parts.buckets(), parts.clock(), UPKEEP_LIMIT),
        new Reconciler(
            parts.segments(),
            parts.buckets(),
            () -> Upkeep.allTables(parts.catalog()),
            new DroppedLogs(parts.metadata()),
            parts.clock(),
            UPKEEP_LIMIT));
  }

  /** What a gateway has of its own. */
  private record Inner(
      Vertx vertx,
      BucketLogs logs,
      Membership membership,
      Ownership ownership,
      FlightPeers peers,
      Tls tls,
      Authenticator authenticator,
      String secret,
      GatewayWorkers workers,
      GatewayMeters meters) {

    static Inner create(GatewaySettings settings, GatewayParts parts) {
      String id = "gateway-" + UUID.randomUUID();
      String secret = Secrets.draw();
      TokenFile tokens =
          settings.auth().required() ? TokenFile.open(Path.of(settings.auth().tokens())) : null;
      BucketLogs logs =
          new BucketLogs(
              id,
              settings.log(),
              parts.segments(),
              parts.buckets(),
              (table, bucket, rows) -> parts.compaction().request(table),
              LogThreads.start(parts.clock()));
      Vertx vertx =
          Vertx.vertx(
              new VertxOptions()
                  .setPreferNativeTransport(true)
                  .setEventLoopPoolSize(settings.eventLoopThreads())
                  .setWorkerPoolSize(settings.workers()));
      Tls tls = openTls(vertx, settings);
      GatewayMeters meters = new GatewayMeters();
      meters.gauge(
          "sluice.tail.bytes",
          "Bytes of new rows in memory for those who have yet to read them or may come back",
          logs::tailBytes);
      Membership membership = new Membership(parts.metadata(), id);
      return new Inner(
          vertx,
          logs,
          membership,
          new Ownership(logs, parts.buckets(), parts.metadata(), membership),
          new FlightPeers(vertx, membership, secret, tls),
          tls,
          new Authenticator(tokens, membership::secretHash, parts.clock()),
          secret,
          GatewayWorkers.of(settings.workers()),
          meters);
    }

    private static Tls openTls(Vertx vertx, GatewaySettings settings) {
      try {
        return Tls.open(vertx, settings.tls());
      } catch (IllegalArgumentException e) {
        var unused = vertx.close();
        throw e;
      }
    }

    /** Has tokens and certificates that change be used without a restart. */
    void watchFiles(GatewayServer server) {
      vertx.setPeriodic(
          FILES_EVERY_MS,
          timer -> {
            var unused =
                vertx.executeBlocking(
                    () -> {
                      authenticator.refresh();
                      tls.refresh(server::renew);
                      return true;
                    });
          });
    }
  }

  private static FlightParts flightParts(
      GatewaySettings settings, GatewayParts parts, Inner inner, BufferAllocator allocator) {
    Ownership ownership = inner.ownership();
    Tables tables = new Tables(parts.catalog(), inner.workers().tables(), settings.tableValidity());
    Appends appends =
        new Appends(
            new Appends.Ways(ownership, inner.peers(), tables::newest),
            settings.log(),
            inner.meters(),
            new Quotas(System::nanoTime, inner.meters()));
    BucketOperations buckets =
        new BucketOperations(
            ownership,
            inner.logs(),
            parts.buckets(),
            inner.peers(),
            dropped -> {
              appends.forget(dropped);
              inner.meters().dropped(dropped);
            });
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
                LakeReports.in(parts.metadata()),
                buckets,
                tables,
                inner.workers().tables(),
                inner.workers().lake()),
            settings.flushPoll(),
            settings.tableValidity()),
        appends,
        new Reads(ownership, inner.peers(), inner.meters(), tables::newest),
        inner.workers().rows(),
        inner.authenticator(),
        inFlight(settings, inner));
  }

  private static InFlight inFlight(GatewaySettings settings, Inner inner) {
    InFlight inFlight = new InFlight(settings.memoryBytes() / 4);
    inner
        .meters()
        .gauge(
            "sluice.flight.put.bytes",
            "Bytes of batches by Flight that aren't durable yet",
            inFlight::bytes);
    return inFlight;
  }

  private static HttpParts httpParts(FlightParts flight, GatewayParts parts, Inner inner) {
    return new HttpParts(
        flight.ownership().id(),
        flight.tables(),
        flight.operations(),
        flight.appends(),
        flight.reads(),
        flight.settings().gate(),
        new IcebergRest(
            parts.lake().foreignCatalog(parts.catalog()),
            parts.lake().settings().catalogProperties()),
        inner.workers().iceberg(),
        flight.authenticator(),
        () -> parts.metadata().list(MetadataPaths.GATEWAYS).thenApply(gateways -> null),
        new LakeLags(
            flight.operations(),
            inner.logs(),
            LakeReports.in(parts.metadata()),
            inner.meters(),
            System::nanoTime),
        inner.meters(),
        parts.clock(),
        flight.allocator());
  }
}
