package io.sluice.gateway.iceberg;

import io.sluice.catalog.lake.ForeignCatalog;
import io.sluice.gateway.errors.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls of the Iceberg REST catalog (v1) on namespaces and tables. A namespace is a
 * database. What is announced is what is there: over another catalog than Sluice's own, that is
 * what reads, as engines write through that one. Blocking and thread-safe.
 */
public final class IcebergRest {

  private static final Logger LOG = LoggerFactory.getLogger(IcebergRest.class);

  /** What a client needs to reach the warehouse, and may know. Everything else stays here. */
  private static final List<String> PUBLIC_PROPERTIES =
      List.of("client.region", "s3.region", "s3.endpoint", "s3.path-style-access");

  private static final Reply TOO_DEEP =
      RestJson.error(400, "BadRequestException", "The body is nested too deeply");

  private final boolean writable;
  private final List<Route> routes = new ArrayList<>();
  private final Reply config;

  /**
   * Serves a catalog.
   *
   * @param catalog the lake's catalog; must support namespaces. Only a {@link ForeignCatalog} can
   *     be written.
   * @param lakeProperties the lake's settings, of which clients get the few that are not secret
   */
  public IcebergRest(Catalog catalog, Map<String, String> lakeProperties) {
    if (!(catalog instanceof SupportsNamespaces supporting)) {
      throw new IllegalArgumentException(
          "the lake's catalog must support namespaces: " + catalog.getClass().getName());
    }
    NamespaceCalls namespaces = new NamespaceCalls(supporting);
    TableCalls tables = new TableCalls(catalog, supporting);
    this.writable = catalog instanceof ForeignCatalog;
    routes.addAll(namespaces.reading());
    routes.addAll(tables.reading());
    if (writable) {
      routes.addAll(namespaces.writing());
      routes.addAll(tables.writing());
    }
    this.config = config(lakeProperties);
  }

  private Reply config(Map<String, String> lakeProperties) {
    Map<String, String> defaults = new HashMap<>();
    for (String key : PUBLIC_PROPERTIES) {
      String value = lakeProperties.get(key);
      if (value != null) {
        defaults.put(key, value);
      }
    }
    return new Reply(
        200,
        RestJson.write(
            ConfigResponse.builder()
                .withDefaults(defaults)
                .withEndpoints(routes.stream().map(Route::endpoint).toList())
                .build()));
  }

  /** Returns the refusal of a call that its caller may not make; empty if it may. Never throws. */
  public Optional<Reply> refusal(RestCall call) {
    try {
      for (Route route : routes) {
        Optional<Map<String, String>> names = names(route, call);
        if (names.isPresent()) {
          route.need().check(call, names.get());
          break;
        }
      }
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of(refusal(e.problem().httpStatus(), e.problem().message()));
    } catch (RuntimeException e) {
      return Optional.of(RestErrors.of(e, true));
    } catch (StackOverflowError e) {
      return Optional.of(TOO_DEEP);
    }
  }

  /** Answers a call that its caller may make. Never throws. */
  public Reply answer(RestCall call) {
    Optional<Reply> refusal = refusal(call);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
    try {
      return route(call);
    } catch (RuntimeException e) {
      Reply reply = RestErrors.of(e, reads);
      if (reply.status() >= 500) {
        LOG.warn("Iceberg REST call failed: {} {}", call.method(), call.path(), e);
      }
      return reply;
    } catch (StackOverflowError e) {
      return TOO_DEEP;
    }
  }

  /** Returns an answer to a call that could not be taken. */
  public static Reply refusal(int status, String message) {
    String type =
        switch (status) {
          case 400, 413 -> "BadRequestException";
          case 401 -> "NotAuthorizedException";
          case 403 -> "ForbiddenException";
          case 429 -> "TooManyRequestsException";
          default -> "InternalServerError";
        };
    return RestJson.error(status, type, message);
  }

  private static Optional<Map<String, String>> names(Route route, RestCall call) {
    return route.endpoint().httpMethod().equals(call.method())
        ? route.match(call.path())
        : Optional.empty();
  }

  private Reply route(RestCall call) {
    if (call.path().equals(List.of("config")) && call.method().equals("GET")) {
      return config;
    }
    for (Route route : routes) {
      Optional<Map<String, String>> names = names(route, call);
      if (names.isPresent()) {
        return route.handler().answer(call, names.get());
      }
    }
    return RestJson.error(
        405,
        "UnsupportedOperationException",
        call.method()
            + " /v1/"
            + String.join("/", call.path())
            + " is not supported"
            + (writable
                ? ": GET /v1/config lists what is"
                : ": this catalog is read-only. Create and drop tables through Sluice"
                    + " (/v1/databases, Arrow Flight, the sluice command or Flink SQL), and write"
                    + " rows through its gateway."));
  }
}
