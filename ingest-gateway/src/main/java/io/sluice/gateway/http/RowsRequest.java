package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions.InvalidRows;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.csv.CsvFormat;
import io.sluice.gateway.csv.CsvRows;
import io.sluice.gateway.json.JsonRows;
import io.sluice.gateway.rows.RowsBuilder;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a POST of rows says about its body.
 *
 * @param type what the body is
 * @param coding the Content-Encoding, or empty
 * @param bucket the bucket of all rows, or empty if it follows from the rows
 * @param csv how CSV is written
 * @param idempotencyKey the key, or null
 * @param sender whose key it is; empty where gateways have no tokens
 */
record RowsRequest(
    BodyType type,
    String coding,
    OptionalInt bucket,
    CsvFormat csv,
    @Nullable String idempotencyKey,
    String sender) {

  /** What a body is. */
  enum BodyType {
    NDJSON("application/x-ndjson"),
    JSON("application/json"),
    CSV("text/csv"),
    ARROW_STREAM("application/vnd.apache.arrow.stream");

    private final String mediaType;

    BodyType(String mediaType) {
      this.mediaType = mediaType;
    }

    String mediaType() {
      return mediaType;
    }
  }

  private static final Set<String> KNOWN = Set.of("bucket", "delimiter", "null");

  /**
   * Reads headers and query.
   *
   * @throws Refused 415 if the body is of a type that isn't read
   * @throws IllegalArgumentException if a parameter is unknown or can't be understood
   */
  static RowsRequest parse(Call call) {
    MultiMap query = call.context().queryParams();
    for (String name : query.names()) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "unknown parameter '" + name + "': there are bucket and, for CSV, delimiter and null");
      }
    }
    @Nullable String coding = call.request().getHeader("Content-Encoding");
    return new RowsRequest(
        type(call.request().getHeader("Content-Type")),
        coding == null ? "" : coding,
        ReadParameters.bucket(query.get("bucket")),
        csv(query),
        call.request().getHeader("Idempotency-Key"),
        sender(call.caller()));
  }

  private static String sender(Principal caller) {
    return caller.equals(Principal.ANYONE) ? "" : caller.name();
  }

  /** Returns whether bad rows of the body go to the table's dead letters: those of text may. */
  boolean setsAside(Table table) {
    return type != BodyType.ARROW_STREAM
        && table.options().invalidRows() == InvalidRows.DEAD_LETTER;
  }

  /** Reads the body's rows, which are text. */
  void read(byte[] body, RowsBuilder rows) {
    switch (type) {
      case NDJSON -> JsonRows.readLines(body, rows);
      case JSON -> JsonRows.readDocument(body, rows);
      case CSV -> CsvRows.read(body, csv, rows);
      case ARROW_STREAM -> throw new IllegalStateException("an Arrow stream is no text");
    }
  }

  private static BodyType type(@Nullable String header) {
    String[] parts = (header == null ? "" : header).toLowerCase(Locale.ROOT).split(";", -1);
    String mediaType = parts[0].strip();
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").replace(" ", "");
      if (parameter.startsWith("charset=")
          && !parameter.equals("charset=utf-8")
          && !parameter.equals("charset=us-ascii")) {
        throw new Refused(
            Problems.unsupportedMediaType("the body must be UTF-8, not " + parameter.substring(8)));
      }
    }
    return switch (mediaType) {
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> BodyType.NDJSON;
      case "application/json" -> BodyType.JSON;
      case "text/csv" -> BodyType.CSV;
      case "application/vnd.apache.arrow.stream" -> BodyType.ARROW_STREAM;
      default ->
          throw new Refused(
              Problems.unsupportedMediaType(
                  "Content-Type '"
                      + (header == null ? "" : header)
                      + "' is not supported: use application/x-ndjson, application/json, text/csv"
                      + " or application/vnd.apache.arrow.stream"));
    };
  }

  private static CsvFormat csv(MultiMap query) {
    @Nullable String delimiter = query.get("delimiter");
    if (delimiter != null && delimiter.length() != 1) {
      throw new IllegalArgumentException(
          "delimiter must be one character (a tab is %09), got '" + delimiter + "'");
    }
    List<String> tokens = query.getAll("null");
    return new CsvFormat(
        delimiter == null ? CsvFormat.DEFAULT.delimiter() : delimiter.charAt(0),
        tokens.isEmpty() ? CsvFormat.DEFAULT.nullTokens() : new HashSet<>(tokens));
  }
}
