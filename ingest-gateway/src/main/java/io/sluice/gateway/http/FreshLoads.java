package io.sluice.gateway.http;

import io.sluice.catalog.table.Quantities;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.iceberg.Reply;
import io.sluice.gateway.iceberg.RestCall;
import io.sluice.gateway.tables.FreshReads;
import io.sluice.gateway.tables.TableStatus;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Which loads of the Iceberg REST catalog want a table's newest rows, and how new: those with the
 * query parameter {@code freshness} or, as engines can be told to send headers, the header {@value
 * #HEADER}. Without either it goes by the table's {@code lake.read-freshness}; with {@code none} a
 * table is loaded as it is.
 */
final class FreshLoads {

  static final String HEADER = "Sluice-Freshness";
  private static final String PARAMETER = "freshness";
  private static final String NONE = "none";
  private static final String LAG_ROWS = "Sluice-Lake-Lag-Rows";
  private static final String LAG_SECONDS = "Sluice-Lake-Lag-Seconds";
  private static final int HTTP_CONFLICT = 409;

  private final FreshReads reads;

  FreshLoads(FreshReads reads) {
    this.reads = reads;
  }

  /**
   * Brings rows into the lake if a call wants that.
   *
   * @return how the table is then; empty if the call wants no such thing
   * @throws IllegalArgumentException if what it wants isn't a duration
   */
  CompletableFuture<Optional<TableStatus>> before(RestCall call, HttpServerRequest request) {
    Optional<TableName> table = table(call);
    @Nullable String header = request.getHeader(HEADER);
    String wanted = call.query().getOrDefault(PARAMETER, header == null ? "" : header);
    if (table.isEmpty() || !call.method().equals("GET") || wanted.equals(NONE)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (wanted.isEmpty()) {
      return reads.freshen(table.get());
    }
    return reads.freshen(table.get(), duration(wanted)).thenApply(Optional::of);
  }

  private static Duration duration(String text) {
    try {
      return Quantities.parseDuration(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "freshness must be a duration like 10s, in ms, s, m, h or d, or none: '" + text + "'", e);
    }
  }

  /** Tells how far the lake is behind what was wanted; nothing if that isn't known. */
  static void tell(TableStatus status, HttpServerResponse response) {
    status
        .figures()
        .ifPresent(
            known ->
                response
                    .putHeader(LAG_ROWS, Long.toString(known.notInLake().rows()))
                    .putHeader(
                        LAG_SECONDS, String.format(Locale.ROOT, "%.3f", known.secondsNotInLake())));
  }

  /** Takes note of how a call ended. */
  void after(RestCall call, Reply reply) {
    if (reply.status() == HTTP_CONFLICT && call.method().equals("POST")) {
      table(call).ifPresent(reads::conflicted);
    }
  }

  private static Optional<TableName> table(RestCall call) {
    List<String> path = call.path();
    if (path.size() != 4 || !path.get(0).equals("namespaces") || !path.get(2).equals("tables")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TableName(path.get(1), path.get(3)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
