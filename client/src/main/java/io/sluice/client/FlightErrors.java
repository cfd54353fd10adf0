package io.sluice.client;

import io.sluice.client.SluiceException.Origin;
import io.sluice.client.SluiceException.Reason;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway's answer means. It says {@code [CODE] text}; an answer without a code comes from
 * the connection itself.
 */
final class FlightErrors {

  private static final Pattern CODED = Pattern.compile("(?s)\\s*\\[([A-Z][A-Z0-9_]*)]\\s*(.*)");
  private static final Set<String> SEQUENCE =
      Set.of("SEQUENCE_GAP", "SEQUENCE_REGRESSION", "UNKNOWN_WRITER");
  private static final Set<String> TRANSACTION_LOST =
      Set.of(
          "TRANSACTION_MISSING", "TRANSACTION_ABORTED", "TRANSACTION_GAP", "TRANSACTION_MISMATCH");
  private static final Set<String> UNAVAILABLE =
      Set.of("UNAVAILABLE", "FENCED", "MOVED", "CONFLICT", "STOPPING");
  private static final Set<String> OVERLOADED =
      Set.of("THROTTLED", "OVERLOADED", "RESOURCE_EXHAUSTED", "TRANSACTION_TOO_MANY");
  private static final Set<String> INVALID =
      Set.of("TOO_LARGE", "INVALID", "INVALID_ARGUMENT", "OLDER_GATEWAY");

  static SluiceException of(Throwable failure) {
    if (failure instanceof SluiceException known) {
      return known;
    }
    if (failure instanceof FlightRuntimeException flight) {
      CallStatus status = flight.status();
      return of(status.code(), status.description(), flight);
    }
    if (failure instanceof Error || failure.getMessage() == null) {
      return unforeseen(failure);
    }
    return new SluiceException(Reason.INTERNAL, failure.getMessage(), failure);
  }

  /** Returns what tells of something that no code here expects. */
  static SluiceException unforeseen(Throwable failure) {
    String message =
        failure instanceof OutOfMemoryError
            ? "this process is out of memory ("
                + failure.getMessage()
                + "); give it more, if it is direct memory with -XX:MaxDirectMemorySize or, in"
                + " Flink, taskmanager.memory.task.off-heap.size"
            : failure.toString();
    return new SluiceException(Reason.INTERNAL, message, failure);
  }

  static SluiceException of(
      FlightStatusCode status, @Nullable String description, @Nullable Throwable cause) {
    String text = description == null ? "no reason given" : description;
    Matcher coded = CODED.matcher(text);
    if (coded.matches()) {
      String code = coded.group(1);
      return new SluiceException(reason(code, status), code, coded.group(2), Origin.GATEWAY, cause);
    }
    String message = text + " (" + status + ")";
    if (text.contains("Network closed for unknown reason")) {
      // As a gateway that dies looks: so it is tried again, too.
      message += "; if the gateway speaks TLS, write grpc+tls://HOST:PORT";
    }
    if (text.contains("exceeds maximum") || text.contains("too large")) {
      return new SluiceException(Reason.INVALID, "TOO_LARGE", message, Origin.CONNECTION, cause);
    }
    Optional<String> tls = TlsErrors.of(cause);
    if (tls.isPresent()) {
      return new SluiceException(Reason.INVALID, "TLS", tls.get(), Origin.NOT_SENT, cause);
    }
    Origin origin = neverConnected(cause) ? Origin.NOT_SENT : Origin.CONNECTION;
    return new SluiceException(transport(status), status.name(), message, origin, cause);
  }

  private static boolean neverConnected(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof ConnectException
          || each instanceof NoRouteToHostException
          || each instanceof UnknownHostException
          || each instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static Reason reason(String code, FlightStatusCode status) {
    if (code.equals("OUT_OF_RANGE")) {
      return Reason.OUT_OF_RANGE;
    }
    if (SEQUENCE.contains(code)) {
      return Reason.SEQUENCE;
    }
    if (TRANSACTION_LOST.contains(code)) {
      return Reason.TRANSACTION_LOST;
    }
    if (INVALID.contains(code)) {
      return Reason.INVALID;
    }
    if (OVERLOADED.contains(code)) {
      return Reason.OVERLOADED;
    }
    if (UNAVAILABLE.contains(code)) {
      return Reason.UNAVAILABLE;
    }
    return switch (status) {
      case NOT_FOUND -> Reason.NOT_FOUND;
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case INVALID_ARGUMENT, UNIMPLEMENTED -> Reason.INVALID;
      case RESOURCE_EXHAUSTED -> Reason.OVERLOADED;
      case UNAVAILABLE, TIMED_OUT, CANCELLED -> Reason.UNAVAILABLE;
      case UNAUTHENTICATED, UNAUTHORIZED -> Reason.UNAUTHORIZED;
      default -> Reason.INTERNAL;
    };
  }

  /** A gateway that dies in the middle of a call looks like any of the last four. */
  private static Reason transport(FlightStatusCode status) {
    return switch (status) {
      case NOT_FOUND -> Reason.NOT_FOUND;
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case INVALID_ARGUMENT, UNIMPLEMENTED -> Reason.INVALID;
      case RESOURCE_EXHAUSTED -> Reason.OVERLOADED;
      case UNAUTHENTICATED, UNAUTHORIZED -> Reason.UNAUTHORIZED;
      default -> Reason.UNAVAILABLE;
    };
  }

  private FlightErrors() {}
}
