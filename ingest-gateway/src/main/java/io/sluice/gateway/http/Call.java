package io.sluice.gateway.http;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Principal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;

/** One request to the HTTP API, and the way to its answer. */
record Call(Vertx vertx, RoutingContext context) {

  /** Returns a part of the path, decoded. */
  String path(String name) {
    String value = context.pathParam(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }

  /**
   * Returns the table that the path names.
   *
   * @throws IllegalArgumentException if it is no name
   */
  TableName table() {
    return new TableName(path("database"), path("table"));
  }

  /** Returns who makes the request. */
  Principal caller() {
    return Guard.caller(context);
  }

  /** Returns whether a query parameter is true. */
  boolean flag(String name) {
    return ReadParameters.bool(name, context.queryParams().get(name));
  }

  HttpServerRequest request() {
    return context.request();
  }

  HttpServerResponse response() {
    return context.response();
  }

  /** Answers with what {@code work} completes with. */
  void answer(int status, CompletableFuture<?> work) {
    Future.fromCompletionStage(work, vertx.getOrCreateContext())
        .onComplete(
            body -> Answers.json(response(), status, body),
            failure -> Answers.failure(response(), failure));
  }
}
