package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.gateway.append.Recall;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.tables.BucketOperations.Some;
import io.sluice.gateway.tables.TableOperations;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;

/** What DoAction does: a JSON object in, a JSON object out. */
final class FlightActions {

  private static final long MOST_TIMEOUT_MS = Duration.ofHours(1).toMillis();
  private static final long DEFAULT_TIMEOUT_MS = Duration.ofMinutes(1).toMillis();

  private final FlightParts parts;
  private final TableOperations operations;

  FlightActions(FlightParts parts) {
    this.parts = parts;
    this.operations = parts.operations();
  }

  /**
   * Runs an action.
   *
   * @throws ProblemException if there is no such action, or the caller may not run it
   */
  CompletableFuture<? extends JsonNode> run(String type, byte[] body, Caller caller)
      throws ProblemException {
    FlightAction action = FlightAction.of(type);
    action.check(caller, body);
    boolean forwarded = caller.forwarded();
    return switch (action) {
      case CREATE_DATABASE -> createDatabase(body);
      case DROP_DATABASE -> dropDatabase(body);
      case LIST_DATABASES -> listDatabases(body, caller.principal());
      case CREATE_TABLE -> createTable(body);
      case ALTER_TABLE -> alterTable(body);
      case DROP_TABLE -> dropTable(body);
      case LIST_TABLES -> listTables(body);
      case DESCRIBE_TABLE ->
          operations.describe(named(type, body).table()).thenApply(TableJson::description);
      case WATERMARKS -> watermarks(body, forwarded);
      case OFFSETS_AT -> offsetsAt(body, forwarded);
      case SEAL -> seal(body);
      case FORGET_TABLE -> forgetTable(body);
      case KNOWS_WRITER -> knowsWriter(body, forwarded);
      case GATEWAYS -> {
        Json.read("action gateways", body, Set.of());
        yield CompletableFuture.completedFuture(StateJson.gateways(parts.ownership().placement()));
      }
      case FLUSH -> flush(body);
      case TRUNCATE -> truncate(body);
      case COMMIT_TRANSACTIONS -> endTransactions(type, body, forwarded, true);
      case ABORT_TRANSACTIONS -> endTransactions(type, body, forwarded, false);
      case STATUS -> {
        Json.read("action status", body, Set.of());
        yield operations
            .status(caller.principal()::sees)
            .thenCombine(
                operations.purges(caller.principal()::sees),
                (tables, purges) -> StateJson.status(parts.ownership().id(), tables, purges));
      }
    };
  }

  private CompletableFuture<ObjectNode> createDatabase(byte[] body) throws ProblemException {
    Json json = Json.read("action create-database", body, Set.of("database", "ifNotExists"));
    return operations
        .createDatabase(json.text("database"), json.flag("ifNotExists"))
        .thenApply(created -> Json.object());
  }

  private CompletableFuture<ObjectNode> dropDatabase(byte[] body) throws ProblemException {
    Json json = Json.read("action drop-database", body, Set.of("database", "ifExists"));
    return operations
        .dropDatabase(json.text("database"), json.flag("ifExists"))
        .thenApply(dropped -> Json.object());
  }

  private CompletableFuture<ObjectNode> listDatabases(byte[] body, Principal caller)
      throws ProblemException {
    Json.read("action list-databases", body, Set.of());
    return operations
        .listDatabases()
        .thenApply(
            names -> {
              ObjectNode answer = Json.object();
              ArrayNode databases = answer.putArray("databases");
              names.stream().filter(caller::sees).forEach(databases::add);
              return answer;
            });
  }

  private CompletableFuture<ObjectNode> createTable(byte[] body) throws ProblemException {
    Json json =
        Json.read(
            "action create-table",
            body,
            Set.of("database", "table", "schema", "options", "comment", "ifNotExists"));
    return operations
        .createTable(
            json.table(),
            schema(json),
            options(json),
            json.text("comment", ""),
            json.flag("ifNotExists"))
        .thenApply(TableJson::description);
  }

  private CompletableFuture<ObjectNode> alterTable(byte[] body) throws ProblemException {
    Json json =
        Json.read("action alter-table", body, Set.of("database", "table", "options", "columns"));
    if (json.has("columns") && json.has("options")) {
      throw Json.refused("'options' and 'columns' are altered one after the other");
    }
    if (json.has("columns")) {
      return operations
          .alterColumns(json.table(), columnChanges(json))
          .thenApply(TableJson::description);
    }
    Map<String, String> set = new LinkedHashMap<>();
    Set<String> reset = new LinkedHashSet<>();
    JsonNode given = json.node("options");
    if (!given.isObject()) {
      throw json.wrong("options", "an object", given);
    }
    for (Map.Entry<String, JsonNode> option : given.properties()) {
      if (!option.getValue().isValueNode()) {
        throw json.wrong("options", "an object of strings and nulls", given);
      }
      if (option.getValue().isNull()) {
        reset.add(option.getKey());
      } else {
        set.put(option.getKey(), option.getValue().asText());
      }
    }
    return operations
        .alterTable(json.table(), new OptionChanges(set, reset))
        .thenApply(TableJson::description);
  }

  private static ColumnChanges columnChanges(Json json) throws ProblemException {
    try {
      return ColumnChanges.parse(json.node("columns"));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }

  private CompletableFuture<ObjectNode> dropTable(byte[] body) throws ProblemException {
    Json json =
        Json.read("action drop-table", body, Set.of("database", "table", "ifExists", "purge"));
    return operations
        .dropTable(json.table(), json.flag("ifExists"), json.flag("purge"))
        .thenApply(dropped -> Json.object());
  }

  private CompletableFuture<ObjectNode> listTables(byte[] body) throws ProblemException {
    Json json = Json.read("action list-tables", body, Set.of("database"));
    return operations
        .listTables(json.text("database"))
        .thenApply(
            names -> {
              ObjectNode answer = Json.object();
              ArrayNode tables = answer.putArray("tables");
              names.stream().map(TableName::table).forEach(tables::add);
              return answer;
            });
  }

  private CompletableFuture<ObjectNode> watermarks(byte[] body, boolean forwarded)
      throws ProblemException {
    Json json = Json.read("action watermarks", body, Set.of("database", "table", "buckets"));
    return some(json, forwarded)
        .thenCompose(some -> operations.buckets().watermarks(some))
        .thenApply(StateJson::watermarks);
  }

  private CompletableFuture<ObjectNode> offsetsAt(byte[] body, boolean forwarded)
      throws ProblemException {
    Json json =
        Json.read("action offsets-at", body, Set.of("database", "table", "timeMicros", "buckets"));
    long time = json.whole("timeMicros", Long.MIN_VALUE, Long.MAX_VALUE);
    return some(json, forwarded)
        .thenCompose(some -> operations.buckets().offsetsAt(some, time))
        .thenApply(StateJson::offsets);
  }

  private CompletableFuture<Some> some(Json json, boolean forwarded) throws ProblemException {
    List<Integer> buckets = json.wholes("buckets");
    if (buckets.isEmpty()) {
      // As of now, for rows that were acknowledged before the call may be in new buckets.
      return parts.tables().newest(json.table()).thenApply(Some::all);
    }
    return parts
        .tables()
        .table(json.table(), Collections.max(buckets))
        .thenApply(table -> new Some(table, buckets, forwarded));
  }

  /** Asked by another gateway, for a batch that may be a retry from before a raise. */
  private CompletableFuture<ObjectNode> knowsWriter(byte[] body, boolean forwarded)
      throws ProblemException {
    Json json =
        Json.read(
            "action knows-writer",
            body,
            Set.of("database", "table", "buckets", "writerId", "bucketCount"));
    UUID writerId = json.uuid("writerId");
    int count = (int) json.whole("bucketCount", 1, TableOptions.MAX_BUCKETS);
    return some(json, forwarded)
        .thenCompose(
            some ->
                parts
                    .appends()
                    .recall()
                    .knows(
                        new Recall.Question(
                            some.table(), some.buckets(), writerId, count, forwarded)))
        .thenApply(known -> Json.object().put("known", known));
  }

  /** Asked by another gateway, as part of a flush. */
  private CompletableFuture<ObjectNode> seal(byte[] body) throws ProblemException {
    return parts
        .tables()
        .table(named("seal", body).table())
        .thenCompose(operations.buckets()::sealHere)
        .thenApply(done -> Json.object());
  }

  /** Told by another gateway, once a table is dropped. */
  private CompletableFuture<ObjectNode> forgetTable(byte[] body) throws ProblemException {
    Json json = Json.read("action forget-table", body, Set.of("id"));
    operations.buckets().forgetHere(json.uuid("id"));
    return CompletableFuture.completedFuture(Json.object());
  }

  private CompletableFuture<ObjectNode> flush(byte[] body) throws ProblemException {
    Json json = Json.read("action flush", body, Set.of("database", "table", "timeoutMs"));
    return operations.flush(json.table(), timeout(json)).thenApply(StateJson::flush);
  }

  private CompletableFuture<ObjectNode> truncate(byte[] body) throws ProblemException {
    Json json = Json.read("action truncate", body, Set.of("database", "table", "timeoutMs"));
    return operations.truncate(json.table(), timeout(json)).thenApply(StateJson::truncate);
  }

  private CompletableFuture<ObjectNode> endTransactions(
      String type, byte[] body, boolean forwarded, boolean commit) throws ProblemException {
    NamedTransactions named = NamedTransactions.read(type, body);
    return parts
        .tables()
        .table(named.table(), named.highestBucket())
        .thenCompose(
            table ->
                named.incarnation().equals(table.incarnation())
                    ? CompletableFuture.completedFuture(table)
                    : parts.tables().newest(named.table()))
        .thenCompose(table -> operations.buckets().end(named.of(table, forwarded), commit))
        .thenApply(ended -> Json.object());
  }

  private static Duration timeout(Json json) throws ProblemException {
    return Duration.ofMillis(
        json.has("timeoutMs") ? json.whole("timeoutMs", 0, MOST_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS);
  }

  private static Json named(String type, byte[] body) throws ProblemException {
    return Json.read("action " + type, body, Set.of("database", "table"));
  }

  private static Schema schema(Json json) throws ProblemException {
    JsonNode schema = json.node("schema");
    try {
      return SchemaParser.fromJson(schema);
    } catch (RuntimeException e) {
      // Iceberg's parser throws what its checks throw.
      throw Json.refused("the table's 'schema' is not an Iceberg schema: " + e.getMessage());
    }
  }

  private static Map<String, String> options(Json json) throws ProblemException {
    Map<String, String> options = new LinkedHashMap<>();
    if (!json.has("options")) {
      return options;
    }
    JsonNode given = json.node("options");
    if (!given.isObject()) {
      throw json.wrong("options", "an object", given);
    }
    for (Map.Entry<String, JsonNode> option : given.properties()) {
      if (!option.getValue().isValueNode() || option.getValue().isNull()) {
        throw json.wrong("options", "an object of strings", given);
      }
      options.put(option.getKey(), option.getValue().asText());
    }
    return options;
  }
}
