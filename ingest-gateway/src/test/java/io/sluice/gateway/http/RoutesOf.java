package io.sluice.gateway.http;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.metrics.GatewayMeters;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The routes of the HTTP API, without a gateway behind them. */
@SuppressWarnings("NullAway") // nothing is called
final class RoutesOf {

  /** Returns the calls as they are declared. */
  static List<Operation> http() {
    return mounted((operations, router) -> operations);
  }

  /** Returns the calls that the router takes, as method and path; Iceberg's have no method here. */
  static List<String> routed() {
    return mounted(
        (operations, router) ->
            router.getRoutes().stream()
                .filter(route -> route.methods() != null && !route.methods().isEmpty())
                .flatMap(
                    route -> route.methods().stream().map(method -> method + " " + route.getPath()))
                .toList());
  }

  private static <T> T mounted(BiFunction<List<Operation>, Router, T> look) {
    Vertx vertx = Vertx.vertx();
    try (BufferAllocator allocator = new RootAllocator();
        GatewayMeters meters = new GatewayMeters();
        InMemoryMetadataStore metadata = new InMemoryMetadataStore();
        Lake lake = Lake.open(LakeSettings.local(Path.of("target", "no-lake")), metadata)) {
      HttpParts parts =
          new HttpParts(
              "gateway",
              null,
              null,
              null,
              null,
              null,
              new IcebergRest(lake.foreignCatalog(new TableCatalog(metadata, lake)), Map.of()),
              null,
              Authenticator.open(),
              null,
              null,
              meters,
              Clock.systemUTC(),
              allocator);
      Router router = Router.router(vertx);
      return look.apply(HttpApi.operations(vertx, router, parts, 1 << 20), router);
    } finally {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(30, TimeUnit.SECONDS)
          .join();
    }
  }

  private RoutesOf() {}
}
