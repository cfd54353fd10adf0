package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.read.ReadRequest;
import io.sluice.gateway.read.ReadRequest.From;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a DoGet asks for, as JSON: table, bucket and range, never ledgers.
 *
 * @param table the table
 * @param request which of its rows
 * @param schemaId which of the table's schemas the rows are to have: only between gateways; empty
 *     for the newest
 */
record Ticket(TableName table, ReadRequest request, OptionalInt schemaId) {

  private static final Set<String> FIELDS =
      Set.of(
          "database",
          "table",
          "bucket",
          "from",
          "fromTimeMicros",
          "to",
          "follow",
          "columns",
          "filter",
          "schemaId");

  static Ticket read(byte[] utf8) throws ProblemException {
    Json json = Json.read("ticket", utf8, FIELDS);
    OptionalLong to =
        json.has("to")
            ? OptionalLong.of(json.whole("to", 0, Long.MAX_VALUE))
            : OptionalLong.empty();
    int bucket = json.has("bucket") ? (int) json.whole("bucket", 0, Integer.MAX_VALUE) : 0;
    return new Ticket(
        json.table(),
        new ReadRequest(
            bucket, from(json), to, json.flag("follow"), json.texts("columns"), filter(json)),
        json.has("schemaId")
            ? OptionalInt.of((int) json.whole("schemaId", 0, Integer.MAX_VALUE))
            : OptionalInt.empty());
  }

  /** Returns a ticket for all that a bucket has in the log. */
  static byte[] of(TableName table, int bucket) {
    return Json.write(
        Json.object()
            .put("database", table.database())
            .put("table", table.table())
            .put("bucket", bucket)
            .put("from", "earliest"));
  }

  /** Returns a ticket for all columns of what {@code request} asks for. */
  static byte[] of(Table table, ReadRequest request) {
    ObjectNode json =
        Json.object()
            .put("database", table.name().database())
            .put("table", table.name().table())
            .put("bucket", request.bucket())
            .put("follow", request.follow());
    if (table.schemas().size() > 1) {
      // Then all gateways are of a version that knows what that is.
      json.put("schemaId", table.schemaId());
    }
    request.to().ifPresent(to -> json.put("to", to));
    if (request.from() instanceof From.Offset exact) {
      json.put("from", exact.offset());
    } else if (request.from() instanceof From.Time time) {
      json.put("fromTimeMicros", time.micros());
    } else {
      json.put("from", request.from() instanceof From.Latest ? "latest" : "earliest");
    }
    return Json.write(json);
  }

  /** Returns whether a table has the schema that is asked for. */
  boolean isOf(Table known) {
    return schemaId.isEmpty() || known.schemas().containsKey(schemaId.getAsInt());
  }

  /**
   * Returns a table as it was when the schema that is asked for was its current one.
   *
   * @throws IllegalArgumentException if it has never had it
   */
  Table at(Table known) {
    return known.at(schemaId.orElse(known.schemaId()));
  }

  /** The JSON's own text: what it means depends on the table. */
  private static String filter(Json json) throws ProblemException {
    return json.has("filter") ? json.node("filter").toString() : "";
  }

  private static From from(Json json) throws ProblemException {
    if (json.has("fromTimeMicros")) {
      if (json.has("from")) {
        throw Json.refused("the ticket has both 'from' and 'fromTimeMicros': leave one out");
      }
      return new From.Time(json.whole("fromTimeMicros", Long.MIN_VALUE, Long.MAX_VALUE));
    }
    if (!json.has("from")) {
      return new From.Earliest();
    }
    JsonNode from = json.node("from");
    if (from.isTextual()) {
      return switch (from.asText()) {
        case "earliest" -> new From.Earliest();
        case "latest" -> new From.Latest();
        default -> throw json.wrong("from", "an offset, \"earliest\" or \"latest\"", from);
      };
    }
    return new From.Offset(json.whole("from", 0, Long.MAX_VALUE));
  }
}
