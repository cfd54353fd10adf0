package io.sluice.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.tls.Tls;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One port on all event loops: gRPC, HTTP/2 and HTTP/1.1, all by TLS or all in clear text; a
 * request's content type tells gRPC from HTTP.
 */
final class GatewayServer {

  // A window is memory promised to a stream. The connection's holds those of all its streams, so
  // that streams which are paused can't stall the others; twice, as Netty gives it back only once
  // half of it was read.
  private static final int STREAM_WINDOW_BYTES = 512 << 10;
  private static final int MOST_STREAMS = 128;
  private static final int CONNECTION_WINDOW_BYTES = 2 * STREAM_WINDOW_BYTES * MOST_STREAMS;
  private static final int FRAME_BYTES = 256 << 10;
  private static final int START_SECONDS = 30;
  private static final int MOST_FLUSHES_GATHERED = 256;
  private static final int KEEP_IDLE_SECONDS = 60;
  private static final int KEEP_PROBE_SECONDS = 15;
  private static final int KEEP_PROBES = 4;

  // Vert.x shares one free port among the servers of a deployment.
  private static final int ANY_PORT = -1;

  private final Vertx vertx;
  private final GatewaySettings settings;
  private final Tls tls;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final AtomicInteger port = new AtomicInteger();
  private volatile @Nullable String deployment;

  GatewayServer(Vertx vertx, GatewaySettings settings, Tls tls) {
    this.vertx = vertx;
    this.settings = settings;
    this.tls = tls;
  }

  /** Listens; returns once it does. */
  void start(Handler<HttpServerRequest> grpc, Router router) throws Exception {
    Future<String> deployed =
        vertx.deployVerticle(
            () -> new Listener(grpc, router),
            new DeploymentOptions().setInstances(settings.eventLoopThreads()));
    deployment =
        deployed.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
  }

  /** Returns the port that it listens on. */
  int port() {
    return port.get();
  }

  /** Stops listening and ends all connections. */
  CompletableFuture<Void> stop() {
    String id = deployment;
    return id == null
        ? CompletableFuture.completedFuture(null)
        : vertx.undeploy(id).toCompletionStage().toCompletableFuture();
  }

  /** Uses other certificates for connections to come. */
  Future<?> renew(ServerSSLOptions options) {
    return Future.all(servers.stream().map(server -> server.updateSSLOptions(options)).toList());
  }

  private HttpServerOptions options() {
    HttpServerOptions options = plain();
    if (tls.enabled()) {
      ServerSSLOptions secure = tls.server();
      options.setSsl(true).setUseAlpn(true);
      options.setKeyCertOptions(secure.getKeyCertOptions());
      options.setTrustOptions(secure.getTrustOptions());
      options.setClientAuth(secure.getClientAuth());
      options.setEnabledSecureTransportProtocols(secure.getEnabledSecureTransportProtocols());
    }
    return options;
  }

  private HttpServerOptions plain() {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port() == 0 ? ANY_PORT : settings.port())
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(true)
        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
        .setInitialSettings(
            new Http2Settings()
                .setInitialWindowSize(STREAM_WINDOW_BYTES)
                .setMaxFrameSize(FRAME_BYTES)
                .setMaxConcurrentStreams(MOST_STREAMS));
  }

  private static void prepare(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      gatherFlushes(base.channel());
      noticeDeath(base.channel());
    }
  }

  /**
   * Ends connections to hosts that have vanished, within two minutes if nothing is on its way to
   * them, else once the system gives up: a follower of a quiet table, or a stream of batches, is
   * sent nothing by which it would be noticed. Only where there is epoll; elsewhere the system's
   * own patience, of hours, has to do.
   */
  static void noticeDeath(Channel channel) {
    ChannelConfig config = channel.config();
    config.setOption(ChannelOption.SO_KEEPALIVE, true);
    if (config instanceof EpollSocketChannelConfig epoll) {
      epoll.setTcpKeepIdle(KEEP_IDLE_SECONDS);
      epoll.setTcpKeepIntvl(KEEP_PROBE_SECONDS);
      epoll.setTcpKeepCnt(KEEP_PROBES);
    }
  }

  /**
   * Has what tasks write one after the other go out at once. A batch is written to each follower by
   * a task of its own, and each answer likewise: a system call for each costs more than the rest.
   */
  private static void gatherFlushes(Channel channel) {
    channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_FLUSHES_GATHERED, true));
  }

  private final class Listener extends AbstractVerticle {

    private final Handler<HttpServerRequest> grpc;
    private final Router router;

    private Listener(Handler<HttpServerRequest> grpc, Router router) {
      this.grpc = grpc;
      this.router = router;
    }

    @Override
    public void start(Promise<Void> started) {
      HttpServer server =
          vertx
              .createHttpServer(options())
              .connectionHandler(GatewayServer::prepare)
              .requestHandler(
                  request -> {
                    if (GrpcCall.isGrpc(request)) {
                      grpc.handle(request);
                    } else {
                      router.handle(request);
                    }
                  });
      server
          .listen()
          .<Void>map(
              listening -> {
                port.set(listening.actualPort());
                servers.add(server);
                return null;
              })
          .onComplete(started);
    }
  }
}
