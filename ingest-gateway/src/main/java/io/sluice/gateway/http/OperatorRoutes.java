package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.flight.StateJson;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Status, flush, truncation, health and metrics. */
final class OperatorRoutes {

  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(60);
  private static final long MOST_FLUSH_MS = 600_000;
  private static final long READY_MS = 5_000;
  private static final long LAG_MS = 2_000;

  private final HttpParts parts;

  OperatorRoutes(HttpParts parts) {
    this.parts = parts;
  }

  void status(Call call) {
    call.answer(
        200,
        parts
            .operations()
            .status(call.caller()::sees)
            .thenCombine(
                parts.operations().purges(call.caller()::sees),
                (tables, purges) -> StateJson.status(parts.gateway(), tables, purges))
            .thenCombine(parts.operations().queue(), StateJson::withQueue));
  }

  void flush(Call call) {
    call.answer(
        200, parts.operations().flush(call.table(), timeout(call)).thenApply(StateJson::flush));
  }

  void truncate(Call call) {
    call.answer(
        200,
        parts.operations().truncate(call.table(), timeout(call)).thenApply(StateJson::truncate));
  }

  /** The process answers. */
  void healthz(Call call) {
    Answers.json(call.response(), 200, Map.of("status", "alive"));
  }

  /** The gateway can do its work. */
  void readyz(Call call) {
    call.answer(
        200,
        parts
            .ready()
            .get()
            .orTimeout(READY_MS, TimeUnit.MILLISECONDS)
            .thenApply(done -> Map.of("status", "ready"))
            .exceptionallyCompose(
                failure ->
                    CompletableFuture.failedFuture(
                        new ProblemException(
                            Problem.unavailable("not ready: " + Problem.of(failure).message())))));
  }

  void metrics(Call call) {
    // What can't be found out in time is as it was.
    Future.fromCompletionStage(
            parts.lags().refresh().copy().completeOnTimeout(null, LAG_MS, TimeUnit.MILLISECONDS))
        .compose(looked -> call.vertx().executeBlocking(parts.meters()::scrape, false))
        .onComplete(
            text ->
                call.response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text),
            failure -> Answers.failure(call.response(), failure));
  }

  private static Duration timeout(Call call) {
    @Nullable String text = call.context().queryParams().get("timeoutMs");
    return text == null ? FLUSH_TIMEOUT : Duration.ofMillis(timeoutMs(text));
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
