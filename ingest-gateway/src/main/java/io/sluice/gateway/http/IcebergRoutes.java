package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.iceberg.Reply;
import io.sluice.gateway.iceberg.RestCall;
import io.sluice.gateway.tables.TableStatus;
import io.sluice.gateway.tables.Workers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings requests below {@code /iceberg/v1} to the Iceberg REST catalog. */
final class IcebergRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(IcebergRoutes.class);

  static final String PREFIX = "/iceberg/v1";

  /** Where engines give name and secret for a token. */
  static final String OAUTH_PATH = PREFIX + "/oauth/tokens";

  /** A table of 5,000 columns takes 1 MiB. */
  private static final int MOST_BODY_BYTES = 4 << 20;

  /** What a body of nothing but brackets may take once it is parsed, the body itself included. */
  private static final long MEMORY_BYTES_PER_BODY_BYTE = 16;

  private static final byte[] NO_BODY = {};

  private final IcebergRest rest;
  private final Workers workers;
  private final FreshLoads fresh;
  private final ByteBudget budget;

  /**
   * @param workers for the lake, whose calls may take as long as they like
   */
  IcebergRoutes(IcebergRest rest, Workers workers, FreshLoads fresh, ByteBudget budget) {
    this.rest = rest;
    this.workers = workers;
    this.fresh = fresh;
    this.budget = budget;
  }

  /** Handles whatever is below the prefix. */
  void handle(Vertx vertx, RoutingContext context) {
    HttpServerRequest request = context.request();
    List<String> path;
    try {
      path = segments(request.path());
    } catch (IllegalArgumentException e) {
      send(request, IcebergRest.refusal(400, String.valueOf(e.getMessage())));
      return;
    }
    Map<String, String> query = new HashMap<>();
    context.queryParams().forEach(query::putIfAbsent);
    String ifNoneMatch = String.join(",", request.headers().getAll("If-None-Match"));
    ByteBudget.Share share = budget.share();
    body(request, share)
        .map(
            body ->
                new RestCall(
                    request.method().name(), path, query, ifNoneMatch, Guard.caller(context), body))
        .compose(call -> answer(vertx, call, request))
        .onComplete(
            reply -> {
              share.close();
              send(request, reply);
            },
            failure -> {
              share.close();
              send(request, refusal(failure));
            });
  }

  private Future<Reply> answer(Vertx vertx, RestCall call, HttpServerRequest request) {
    if (call.body().length == 0) {
      // One with a body is looked at where it is parsed, off the event loop, and freshens nothing.
      Optional<Reply> refused = rest.refusal(call);
      if (refused.isPresent()) {
        return Future.succeededFuture(refused.get());
      }
    }
    CompletableFuture<Optional<TableStatus>> freshened;
    try {
      freshened = fresh.before(call, request);
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(IcebergRest.refusal(400, String.valueOf(e.getMessage())));
    }
    return Future.fromCompletionStage(freshened, vertx.getOrCreateContext())
        .compose(
            status -> {
              status.ifPresent(found -> FreshLoads.tell(found, request.response()));
              return Future.fromCompletionStage(
                      workers.call(() -> rest.answer(call)), vertx.getOrCreateContext())
                  .recover(IcebergRoutes::lost);
            })
        .onSuccess(reply -> fresh.after(call, reply));
  }

  private static Future<byte[]> body(HttpServerRequest request, ByteBudget.Share share) {
    if (!request.method().equals(HttpMethod.POST)) {
      return Future.succeededFuture(NO_BODY);
    }
    return RequestBody.read(request, MOST_BODY_BYTES, share)
        .compose(
            body ->
                share.take((MEMORY_BYTES_PER_BODY_BYTE - 1) * body.length)
                    ? Future.succeededFuture(body)
                    : Future.failedFuture(new ProblemException(Problems.bodiesAtLimit())));
  }

  /**
   * A call that ended without an answer may have done its work: 500 says so to a client. One that
   * no thread was left for has done nothing.
   */
  private static Future<Reply> lost(Throwable failure) {
    if (failure instanceof ProblemException) {
      return Future.succeededFuture(refusal(failure));
    }
    LOG.error("an Iceberg REST call ended without an answer", failure);
    return Future.succeededFuture(IcebergRest.refusal(500, "the call failed: " + failure));
  }

  private static Reply refusal(Throwable failure) {
    Problem problem = Problem.of(failure);
    int status = problem.httpStatus();
    return IcebergRest.refusal(
        status,
        status == 413 ? "the body is over " + MOST_BODY_BYTES + " bytes" : problem.message());
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

  static void send(HttpServerRequest request, Reply reply) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(reply.status());
    if (reply.status() == 429 || reply.status() == 503) {
      response.putHeader("Retry-After", "1");
    }
    if (!reply.etag().isEmpty()) {
      response.putHeader("ETag", reply.etag());
    }
    if (reply.json().isEmpty() || request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.putHeader("Content-Type", "application/json").end(reply.json());
    }
  }
}
