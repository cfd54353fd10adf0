package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** Gathers the body of a request within bounds. */
final class RequestBody {

  /**
   * Reads the whole body. Must be called on the request's event loop before it has returned to it.
   *
   * @param mostBytes the most bytes that a body may have, as it is sent
   * @param share takes the body's bytes; the caller closes it
   * @return fails with a {@link ProblemException}: 413, or 429 if all bodies together are too many
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
    Buffer body = Buffer.buffer((int) Math.max(declared, 0));
    request.handler(
        chunk -> {
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
