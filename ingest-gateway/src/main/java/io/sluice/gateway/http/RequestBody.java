package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gathers the body of a request within bounds. */
final class RequestBody {

  /**
   * Reads the whole body. Must be called on the request's event loop before it has returned to it.
   *
   * @param mostBytes the most bytes that a body may have, as it is sent
   * @param share takes the body's bytes; the caller closes it
   * @return fails with a {@link ProblemException}: 413, or 429 if all bodies together are too many,
   *     or 408 if no more of it comes for as long as the share's patience: then the connection, or
   *     by HTTP/2 the stream, ends
   */
  static Future<byte[]> read(HttpServerRequest request, long mostBytes, ByteBudget.Share share) {
    long declared = declaredBytes(request);
    if (declared > mostBytes) {
      return refuse(request, tooLarge(mostBytes));
    }
    if (declared > 0 && !share.take(declared)) {
      return refuse(request, busy());
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    Promise<byte[]> promise = Promise.promise();
    Pulse pulse = new Pulse(Vertx.currentContext().owner(), share.patience(), promise);
    promise.future().onComplete(read -> pulse.end(request));
    Buffer body = Buffer.buffer((int) Math.max(declared, 0));
    request.handler(
        chunk -> {
          pulse.beat();
          if (promise.future().isComplete()) {
            return;
          }
          if (body.length() + (long) chunk.length() > mostBytes) {
            promise.tryFail(new ProblemException(tooLarge(mostBytes)));
          } else if (declared < 0 && !share.take(chunk.length())) {
            promise.tryFail(new ProblemException(busy()));
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(
        e -> promise.tryFail(new ProblemException(Problem.invalid("the body ended early: " + e))));
    request.endHandler(end -> promise.tryComplete(body.getBytes()));
    return promise.future();
  }

  /** Notices that a client sends nothing more: nobody else does, if it has just vanished. */
  private static final class Pulse {

    private final Vertx vertx;
    private final Duration patience;
    private final Promise<byte[]> promise;
    private long lastNanos = System.nanoTime();
    private long timer;
    private boolean stopped;

    Pulse(Vertx vertx, Duration patience, Promise<byte[]> promise) {
      this.vertx = vertx;
      this.patience = patience;
      this.promise = promise;
      this.timer = vertx.setTimer(patience.toMillis(), id -> look());
    }

    void beat() {
      lastNanos = System.nanoTime();
    }

    private void look() {
      long leftNanos = patience.toNanos() - (System.nanoTime() - lastNanos);
      if (leftNanos > 0) {
        timer = vertx.setTimer(1 + TimeUnit.NANOSECONDS.toMillis(leftNanos), id -> look());
      } else {
        stopped = true;
        promise.tryFail(new ProblemException(Problems.bodyStopped(patience)));
      }
    }

    /** Those who wait for the body answer first. */
    void end(HttpServerRequest request) {
      vertx.cancelTimer(timer);
      if (stopped) {
        vertx.runOnContext(answered -> close(request));
      }
    }

    private void close(HttpServerRequest request) {
      if (request.version() == HttpVersion.HTTP_2) {
        request.response().reset();
      } else {
        var unused = request.connection().close();
      }
    }
  }

  private static long declaredBytes(HttpServerRequest request) {
    @Nullable String length = request.getHeader("Content-Length");
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static Future<byte[]> refuse(HttpServerRequest request, Problem problem) {
    // What the client still sends is dropped, so that it gets to read the answer.
    request.handler(chunk -> {});
    return Future.failedFuture(new ProblemException(problem));
  }

  private static Problem tooLarge(long mostBytes) {
    return Problem.tooLarge(
        "the body is over " + mostBytes + " bytes: split the rows over several requests");
  }

  private static Problem busy() {
    return Problems.bodiesAtLimit();
  }

  private RequestBody() {}
}
