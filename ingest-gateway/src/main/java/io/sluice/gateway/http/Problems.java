package io.sluice.gateway.http;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.quota.Quotas;
import java.time.Duration;
import java.util.List;

/** Problems that only HTTP has. */
final class Problems {

  private static final int UNIMPLEMENTED = 12;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int INVALID_ARGUMENT = 3;
  private static final int NOT_FOUND = 5;

  /** Too much at once: a retry after a pause may succeed. */
  static Problem bodiesAtLimit() {
    return of(
        RESOURCE_EXHAUSTED,
        429,
        "THROTTLED",
        "the gateway holds as many bytes of requests as it may; send it again after a pause");
  }

  /** A client that began a body sends nothing more. */
  static Problem bodyStopped(Duration patience) {
    return of(
        DEADLINE_EXCEEDED,
        408,
        "REQUEST_TIMEOUT",
        "no more of the body came for %d ms: send the request again"
            .formatted(patience.toMillis()));
  }

  /** A table has got as much as its quota lets it, for now. */
  static Problem overQuota(TableName table, Quotas.Wait wait) {
    return of(
        RESOURCE_EXHAUSTED,
        429,
        "QUOTA_EXCEEDED",
        "table %s takes no more through this gateway for now (%s); send it again after %d s"
            .formatted(table, wait.quota(), seconds(wait)));
  }

  /** Returns whole seconds, at least 1. */
  static long seconds(Quotas.Wait wait) {
    return wait.time().plusNanos(999_999_999).toSeconds();
  }

  /** There is no such path. */
  static Problem noSuchPath(String path) {
    return of(
        NOT_FOUND,
        404,
        "NOT_FOUND",
        "there is nothing at " + path + "; see docs/http.md for paths");
  }

  /** The path is there, but not for this method. */
  static Problem methodNotAllowed(String method, String path) {
    return of(UNIMPLEMENTED, 405, "METHOD_NOT_ALLOWED", method + " is not possible at " + path);
  }

  /** The body is of a kind that isn't read. */
  static Problem unsupportedMediaType(String message) {
    return of(INVALID_ARGUMENT, 415, "UNSUPPORTED_MEDIA_TYPE", message);
  }

  /** The answer can't be made as the Accept header asks. */
  static Problem notAcceptable(String message) {
    return of(INVALID_ARGUMENT, 406, "NOT_ACCEPTABLE", message);
  }

  private static Problem of(int grpcStatus, int httpStatus, String code, String message) {
    return new Problem(grpcStatus, httpStatus, code, message, List.of());
  }

  private Problems() {}
}
