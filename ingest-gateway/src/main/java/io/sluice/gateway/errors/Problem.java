package io.sluice.gateway.errors;

import io.sluice.catalog.bucket.StaleClaimException;
import io.sluice.catalog.bucket.TransactionException;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.CatalogException;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.rows.BadRowsException;
import io.sluice.gateway.rows.RowError;
import io.sluice.log.append.AppendException;
import io.sluice.log.read.ReadException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * A failure as it is told to whoever called, the same for Flight and HTTP.
 *
 * @param grpcStatus gRPC's status code
 * @param httpStatus HTTP's status code
 * @param code the reason, for programs; in capitals
 * @param message what, where, what to do
 * @param rows the values that were refused; may be empty
 */
public record Problem(
    int grpcStatus, int httpStatus, String code, String message, List<RowError> rows) {

  /** gRPC: the call was cancelled. */
  public static final int CANCELLED = 1;

  private static final int INVALID_ARGUMENT = 3;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int NOT_FOUND = 5;
  private static final int ALREADY_EXISTS = 6;
  private static final int PERMISSION_DENIED = 7;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int FAILED_PRECONDITION = 9;
  private static final int OUT_OF_RANGE = 11;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;
  private static final int UNAVAILABLE = 14;
  private static final int DATA_LOSS = 15;
  private static final int UNAUTHENTICATED = 16;

  public Problem {
    rows = List.copyOf(rows);
  }

  /** Returns what to say of a failure; futures' wrappings are looked through. */
  public static Problem of(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof ProblemException told) {
      return told.problem();
    } else if (cause instanceof GateException refused) {
      return gate(refused);
    } else if (cause instanceof BadRowsException refused) {
      return new Problem(INVALID_ARGUMENT, 400, "BAD_ROWS", text(refused), refused.errors());
    } else if (cause instanceof AppendException failed) {
      return append(failed);
    } else if (cause instanceof ReadException failed) {
      return read(failed);
    } else if (cause instanceof CatalogException failed) {
      return catalog(failed);
    } else if (cause instanceof MetadataException failed) {
      return metadata(failed);
    } else if (cause instanceof OutOfMemoryException full) {
      String message = "the gateway's memory for this request is used up: send smaller batches (";
      return of(RESOURCE_EXHAUSTED, 429, "OUT_OF_MEMORY", message + text(full) + ")");
    } else if (cause instanceof OutOfMemoryError full) {
      String message = "the gateway is short of memory (" + text(full) + "): send it again later";
      return of(RESOURCE_EXHAUSTED, 429, "OVERLOADED", message);
    } else if (cause instanceof NewerVersionException) {
      return unavailable(text(cause));
    } else if (cause instanceof StaleClaimException) {
      return of(UNAVAILABLE, 503, "MOVED", text(cause) + "; try again");
    } else if (cause instanceof TimeoutException) {
      return of(DEADLINE_EXCEEDED, 504, "TIMEOUT", text(cause));
    } else if (cause instanceof IllegalArgumentException) {
      return invalid(text(cause));
    }
    return of(INTERNAL, 500, "INTERNAL", cause.getClass().getSimpleName() + ": " + text(cause));
  }

  /** Returns a request that is wrong and will be wrong again. */
  public static Problem invalid(String message) {
    return of(INVALID_ARGUMENT, 400, "BAD_REQUEST", message);
  }

  /** Returns a call that isn't there. */
  public static Problem unimplemented(String message) {
    return of(UNIMPLEMENTED, 501, "UNIMPLEMENTED", message);
  }

  /** Returns a call of which it isn't known who makes it. */
  public static Problem unauthenticated(String message) {
    return of(UNAUTHENTICATED, 401, "UNAUTHENTICATED", message);
  }

  /** Returns a call that its caller may not make. */
  public static Problem forbidden(String message) {
    return of(PERMISSION_DENIED, 403, "FORBIDDEN", message);
  }

  /** Returns something over a limit. */
  public static Problem tooLarge(String message) {
    return of(RESOURCE_EXHAUSTED, 413, "TOO_LARGE", message);
  }

  /** Returns a failure that may go away by itself. */
  public static Problem unavailable(String message) {
    return of(UNAVAILABLE, 503, "UNAVAILABLE", message);
  }

  /** Returns what must wait until another gateway has been upgraded. */
  public static Problem olderGateway(String message) {
    return of(FAILED_PRECONDITION, 409, "OLDER_GATEWAY", message);
  }

  /** Returns a transaction of a log that is gone: its table was dropped, or restored. */
  public static Problem transactionMissing(String message) {
    return of(FAILED_PRECONDITION, 409, "TRANSACTION_MISSING", message);
  }

  /** Returns a bucket that another gateway owns now; the call may be made again. */
  public static Problem moved(String message) {
    return of(UNAVAILABLE, 503, "MOVED", message);
  }

  /**
   * Returns what another gateway answered.
   *
   * @param status gRPC's status code, as text
   * @param text as {@link #grpcMessage} made it
   */
  public static Problem ofGrpc(String status, String text) {
    int grpc;
    try {
      grpc = Integer.parseInt(status);
    } catch (NumberFormatException e) {
      return unavailable("another gateway answered with the status '" + status + "': " + text);
    }
    int end = text.startsWith("[") ? text.indexOf("] ") : -1;
    String code = end < 0 ? "UNAVAILABLE" : text.substring(1, end);
    String message = end < 0 ? text : text.substring(end + 2);
    if (grpc == UNAUTHENTICATED || grpc == PERMISSION_DENIED) {
      // It refuses this gateway, which isn't the caller's fault.
      return unavailable("another gateway doesn't take this one's calls: " + message);
    }
    return of(grpc, httpStatus(grpc, code), code, message);
  }

  private static int httpStatus(int grpc, String code) {
    return switch (grpc) {
      case INVALID_ARGUMENT -> 400;
      case DEADLINE_EXCEEDED -> 504;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, FAILED_PRECONDITION -> 409;
      case RESOURCE_EXHAUSTED -> code.equals("TOO_LARGE") ? 413 : 429;
      case OUT_OF_RANGE -> 416;
      case UNIMPLEMENTED -> 501;
      case INTERNAL, DATA_LOSS -> 500;
      default -> 503;
    };
  }

  /** Returns whether it is the gateway's own fault, and belongs into its log. */
  public boolean internal() {
    return grpcStatus == INTERNAL;
  }

  /** Returns the message as Flight's clients see it. */
  public String grpcMessage() {
    return "[" + code + "] " + message;
  }

  /** Returns the failure inside the wrappings of futures. */
  public static Throwable unwrap(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  private static Problem gate(GateException refused) {
    String code = refused.code().name();
    boolean large = refused.code() == GateException.Code.TOO_LARGE;
    return new Problem(
        large ? RESOURCE_EXHAUSTED : INVALID_ARGUMENT,
        large ? 413 : 400,
        code,
        text(refused),
        refused.errors());
  }

  private static Problem append(AppendException failed) {
    String code = failed.reason().name();
    String message = text(failed);
    return switch (failed.reason()) {
      case SEQUENCE_GAP, SEQUENCE_REGRESSION, UNKNOWN_WRITER, TOO_MANY_SEGMENTS ->
          of(FAILED_PRECONDITION, 409, code, message);
      case TOO_LARGE -> of(RESOURCE_EXHAUSTED, 413, code, message);
      case THROTTLED -> of(RESOURCE_EXHAUSTED, 429, code, message);
      case FENCED, UNAVAILABLE -> of(UNAVAILABLE, 503, code, message);
      case TRANSACTION -> transaction(failed);
      case STOPPED -> of(DATA_LOSS, 500, code, message);
    };
  }

  private static Problem transaction(AppendException failed) {
    String reason =
        failed.getCause() instanceof TransactionException refused
            ? refused.reason().name()
            : TransactionException.Reason.MISMATCH.name();
    String code = "TRANSACTION_" + reason;
    return reason.equals(TransactionException.Reason.TOO_MANY.name())
        ? of(RESOURCE_EXHAUSTED, 429, code, text(failed))
        : of(FAILED_PRECONDITION, 409, code, text(failed));
  }

  private static Problem read(ReadException failed) {
    String code = failed.reason().name();
    String message = text(failed);
    return switch (failed.reason()) {
      case OUT_OF_RANGE -> of(OUT_OF_RANGE, 416, code, message);
      case CLOSED, UNAVAILABLE -> of(UNAVAILABLE, 503, code, message);
      case CORRUPT -> of(DATA_LOSS, 500, code, message);
    };
  }

  private static Problem catalog(CatalogException failed) {
    String code = failed.reason().name();
    String message = text(failed);
    return switch (failed.reason()) {
      case NOT_FOUND -> of(NOT_FOUND, 404, code, message);
      case ALREADY_EXISTS -> of(ALREADY_EXISTS, 409, code, message);
      case INVALID -> of(INVALID_ARGUMENT, 400, code, message);
      case NOT_EMPTY, OLDER_GATEWAY -> of(FAILED_PRECONDITION, 409, code, message);
      case UNAVAILABLE -> of(UNAVAILABLE, 503, code, message);
      case LAKE_HISTORY_LOST -> of(DATA_LOSS, 500, code, message);
    };
  }

  private static Problem metadata(MetadataException failed) {
    if (failed.kind() == MetadataException.Kind.MISSING) {
      return of(NOT_FOUND, 404, "NOT_FOUND", text(failed));
    }
    return of(UNAVAILABLE, 503, "UNAVAILABLE", text(failed) + "; try again");
  }

  private static Problem of(int grpc, int http, String code, String message) {
    return new Problem(grpc, http, code, message, List.of());
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
