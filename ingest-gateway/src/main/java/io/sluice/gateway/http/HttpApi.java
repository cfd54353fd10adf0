package io.sluice.gateway.http;

import io.sluice.gateway.auth.Access;
import io.sluice.gateway.auth.Permission;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.metrics.GatewayMeters.Protocol;
import io.sluice.gateway.tables.FreshReads;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The HTTP API's routes: {@code /v1}, {@code /iceberg/v1}, metrics and health. */
public final class HttpApi {

  private static final String DATABASES = "/v1/databases";
  private static final String DATABASE = DATABASES + "/:database";
  private static final String TABLES = DATABASE + "/tables";
  private static final String TABLE = TABLES + "/:table";
  private static final String ROWS = TABLE + "/rows";
  private static final String FLUSH = TABLE + "/flush";
  private static final String TRUNCATE = TABLE + "/truncate";

  private static final int ARROW_BYTES_PER_BODY_BYTE = 4;
  // One request at its limits fits: a body, the same inflated, and its rows as Arrow.
  private static final int BODIES_AT_ONCE = 6;

  private final Vertx vertx;
  private final Router router;
  private final HttpParts parts;
  private final List<Operation> operations = new ArrayList<>();

  private HttpApi(Vertx vertx, Router router, HttpParts parts) {
    this.vertx = vertx;
    this.router = router;
    this.parts = parts;
  }

  /**
   * Puts the routes on a router; none of them reads a body before its handler runs, or does
   * anything before it is known who calls.
   *
   * @param mostBodyBytes the most bytes of a body of rows, as sent and once inflated
   */
  public static void mount(Vertx vertx, Router router, HttpParts parts, long mostBodyBytes) {
    var unused = operations(vertx, router, parts, mostBodyBytes);
  }

  /**
   * Does the same.
   *
   * @return the calls that there are now, but for those of Iceberg's REST catalog
   */
  static List<Operation> operations(
      Vertx vertx, Router router, HttpParts parts, long mostBodyBytes) {
    HttpApi api = new HttpApi(vertx, router, parts);
    api.mount(mostBodyBytes);
    return List.copyOf(api.operations);
  }

  private void mount(long mostBodyBytes) {
    router.route().handler(new Guard(parts.authenticator())::handle);
    ByteBudget budget = new ByteBudget(BODIES_AT_ONCE * mostBodyBytes);
    parts
        .meters()
        .gauge("sluice.http.body.bytes", "Bytes of request bodies being held", budget::taken);
    parts
        .meters()
        .gauge(
            "sluice.arrow.bytes",
            "Bytes of Arrow memory in use",
            parts.allocator()::getAllocatedMemory);
    mountDdl(new DdlRoutes(parts.operations(), budget));
    long mostArrowBytes = ARROW_BYTES_PER_BODY_BYTE * mostBodyBytes;
    mountRows(
        new AppendRoutes(parts, budget, new AppendRoutes.Limits(mostBodyBytes, mostArrowBytes)),
        new ReadRoutes(parts));
    mountOperator(new OperatorRoutes(parts));
    mountIceberg(
        new IcebergRoutes(
            parts.iceberg(),
            parts.lakeWorkers(),
            new FreshLoads(new FreshReads(parts.operations(), System::nanoTime)),
            budget),
        new OAuthRoutes(parts.authenticator()));
    router.route("/v1/*").handler(HttpApi::notFound);
    router.route("/iceberg/*").handler(HttpApi::notFound);
  }

  private void mountDdl(DdlRoutes ddl) {
    on(HttpMethod.GET, DATABASES, Permission.LISTING, ddl::listDatabases);
    on(HttpMethod.POST, DATABASES, Permission.on(Access.ADMIN), ddl::createDatabase);
    on(HttpMethod.DELETE, DATABASE, Permission.on(Access.ADMIN), ddl::dropDatabase);
    on(HttpMethod.GET, TABLES, Permission.on(Access.DESCRIBE), ddl::listTables);
    on(HttpMethod.POST, TABLES, Permission.on(Access.ADMIN), ddl::createTable);
    on(HttpMethod.GET, TABLE, Permission.on(Access.DESCRIBE), ddl::describeTable);
    on(HttpMethod.PATCH, TABLE, Permission.on(Access.ADMIN), ddl::alterTable);
    on(HttpMethod.DELETE, TABLE, Permission.on(Access.ADMIN), ddl::dropTable);
    noOtherMethod(DATABASES, DATABASE, TABLES, TABLE);
  }

  private void mountRows(AppendRoutes appends, ReadRoutes reads) {
    on(HttpMethod.POST, ROWS, Permission.on(Access.WRITE), appends::append);
    on(HttpMethod.GET, ROWS, Permission.on(Access.READ), reads::read);
    noOtherMethod(ROWS);
  }

  private void mountOperator(OperatorRoutes operator) {
    on(HttpMethod.POST, FLUSH, Permission.on(Access.WRITE), operator::flush);
    on(HttpMethod.POST, TRUNCATE, Permission.on(Access.ADMIN), operator::truncate);
    on(HttpMethod.GET, "/v1/status", Permission.LISTING, operator::status);
    on(HttpMethod.GET, "/healthz", Permission.NONE, operator::healthz);
    on(HttpMethod.GET, "/readyz", Permission.NONE, operator::readyz);
    on(HttpMethod.GET, "/metrics", Permission.everywhere(Access.DESCRIBE), operator::metrics);
    noOtherMethod(FLUSH, TRUNCATE, "/v1/status", "/healthz", "/readyz", "/metrics");
  }

  private void mountIceberg(IcebergRoutes iceberg, OAuthRoutes oauth) {
    on(HttpMethod.POST, IcebergRoutes.OAUTH_PATH, Permission.NONE, oauth::tokens);
    noOtherMethod(IcebergRoutes.OAUTH_PATH);
    router
        .route(IcebergRoutes.PREFIX + "/*")
        .handler(
            context -> {
              measured(context, Protocol.ICEBERG);
              iceberg.handle(vertx, context);
            });
  }

  private void noOtherMethod(String... paths) {
    for (String path : paths) {
      router.route(path).handler(HttpApi::methodNotAllowed);
    }
  }

  private void on(HttpMethod method, String path, Permission permission, Consumer<Call> handler) {
    Operation operation = new Operation(method, path, permission);
    operations.add(operation);
    Route route = router.route(method, path);
    route.handler(
        context -> {
          measured(context, Protocol.HTTP);
          try {
            Call call = new Call(vertx, context);
            check(operation, call);
            handler.accept(call);
          } catch (ProblemException refused) {
            Answers.problem(context.response(), refused.problem());
          } catch (Refused refused) {
            Answers.problem(context.response(), refused.problem());
          } catch (RuntimeException e) {
            Answers.failure(context.response(), e);
          }
        });
  }

  /** A call whose body names the database is checked once that is read. */
  private static void check(Operation operation, Call call) throws ProblemException {
    Permission permission = operation.permission();
    if (permission.equals(Permission.NONE)) {
      return;
    }
    if (operation.namesDatabase()) {
      permission.check(call.caller(), call.path("database"));
    } else if (!permission.ofDatabase()) {
      permission.check(call.caller());
    }
  }

  private void measured(RoutingContext context, Protocol protocol) {
    long begin = System.nanoTime();
    String method = context.request().method().name();
    context.addEndHandler(
        ended ->
            parts
                .meters()
                .answered(
                    protocol,
                    method,
                    context.response().getStatusCode(),
                    Duration.ofNanos(System.nanoTime() - begin)));
  }

  private static void methodNotAllowed(RoutingContext context) {
    Answers.problem(
        context.response(),
        Problems.methodNotAllowed(context.request().method().name(), context.request().path()));
  }

  private static void notFound(RoutingContext context) {
    Answers.problem(context.response(), Problems.noSuchPath(context.request().path()));
  }
}
