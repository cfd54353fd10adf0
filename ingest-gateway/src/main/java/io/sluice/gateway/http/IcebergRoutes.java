package io.sluice.gateway.http;

import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.iceberg.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings requests below {@code /iceberg/v1} to the Iceberg REST catalog. */
final class IcebergRoutes {

  static final String PREFIX = "/iceberg/v1";

  private final IcebergRest rest;

  IcebergRoutes(IcebergRest rest) {
    this.rest = rest;
  }

  /** Handles whatever is below the prefix, bodies of writing calls aside, which are dropped. */
  void handle(Vertx vertx, RoutingContext context) {
    HttpServerRequest request = context.request();
    String method = request.method().name();
    List<String> path;
    try {
      path = segments(request.path());
    } catch (IllegalArgumentException e) {
      Answers.failure(context.response(), e);
      return;
    }
    Map<String, String> query = new HashMap<>();
    context.queryParams().forEach(query::putIfAbsent);
    vertx
        .executeBlocking(() -> rest.answer(method, path, query), false)
        .onComplete(reply -> send(request, reply), e -> Answers.failure(context.response(), e));
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(PREFIX.length()).split("/", -1)) {
      if (!segment.isEmpty()) {
        // In a path, unlike in a form, a plus is a plus.
        String escaped = segment.replace("+", "%2B");
        segments.add(URLDecoder.decode(escaped, StandardCharsets.UTF_8));
      }
    }
    return segments;
  }

  private static void send(HttpServerRequest request, Reply reply) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(reply.status());
    if (reply.status() == 503) {
      response.putHeader("Retry-After", "1");
    }
    if (reply.json().isEmpty() || request.method().name().equals("HEAD")) {
      response.end();
    } else {
      response.putHeader("Content-Type", "application/json").end(reply.json());
    }
  }
}
