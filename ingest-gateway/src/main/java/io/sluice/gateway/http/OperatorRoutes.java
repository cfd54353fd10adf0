package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.metrics.GatewayMeters;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Status, flush, health and metrics. */
final class OperatorRoutes {

  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(60);
  private static final long MOST_FLUSH_MS = 600_000;
  private static final long READY_MS = 5_000;

  private final Operations operations;
  private final GatewayMeters meters;

  OperatorRoutes(Operations operations, GatewayMeters meters) {
    this.operations = operations;
    this.meters = meters;
  }

  void status(Call call) {
    answer(call, operations.status(), body -> Answers.json(call.response(), 200, body));
  }

  void flush(Call call) {
    @Nullable String text = call.context().queryParams().get("timeoutMs");
    Duration timeout = text == null ? FLUSH_TIMEOUT : Duration.ofMillis(timeoutMs(text));
    answer(
        call,
        operations.flush(call.table(), timeout),
        body -> Answers.json(call.response(), 200, body));
  }

  /** The process answers. */
  void healthz(Call call) {
    Answers.json(call.response(), 200, Map.of("status", "alive"));
  }

  /** The gateway can do its work. */
  void readyz(Call call) {
    CompletableFuture<Object> ready =
        operations
            .ready()
            .orTimeout(READY_MS, TimeUnit.MILLISECONDS)
            .handle(
                (done, failure) -> {
                  if (failure == null) {
                    return Map.of("status", "ready");
                  }
                  throw new Refused(
                      Problem.unavailable("not ready: " + Problem.of(failure).message()));
                });
    answer(call, ready, body -> Answers.json(call.response(), 200, body));
  }

  void metrics(Call call) {
    call.vertx()
        .executeBlocking(meters::scrape, false)
        .onComplete(
            text ->
                call.response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text),
            failure -> Answers.failure(call.response(), failure));
  }

  private static <T> void answer(Call call, CompletableFuture<T> work, Consumer<T> then) {
    Context context = call.vertx().getOrCreateContext();
    var unused =
        work.whenComplete(
            (body, failure) ->
                context.runOnContext(
                    v -> {
                      if (failure == null) {
                        then.accept(body);
                      } else if (Problem.unwrap(failure) instanceof Refused refused) {
                        Answers.problem(call.response(), refused.problem());
                      } else {
                        Answers.failure(call.response(), failure);
                      }
                    }));
  }

  private static long timeoutMs(String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0 && value <= MOST_FLUSH_MS) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new IllegalArgumentException(
        "timeoutMs must be between 0 and " + MOST_FLUSH_MS + ", got '" + text + "'");
  }
}
