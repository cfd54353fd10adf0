package io.sluice.gateway.http;

import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Access;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.tables.TableOperations;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Databases and tables over HTTP. */
final class DdlRoutes {

  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final List<String> DATABASE_FIELDS = List.of("name", "ifNotExists");
  private static final List<String> TABLE_FIELDS =
      List.of("name", "columns", "options", "comment", "ifNotExists");
  private static final List<String> ALTER_FIELDS = List.of("options", "columns");

  private final TableOperations operations;
  private final ByteBudget budget;

  DdlRoutes(TableOperations operations, ByteBudget budget) {
    this.operations = operations;
    this.budget = budget;
  }

  void listDatabases(Call call) {
    Principal caller = call.caller();
    call.answer(
        200,
        operations
            .listDatabases()
            .thenApply(names -> Map.of("databases", names.stream().filter(caller::sees).toList())));
  }

  void createDatabase(Call call) {
    Principal caller = call.caller();
    withBody(call, 201, body -> createDatabase(caller, JsonRequest.parse(body, DATABASE_FIELDS)));
  }

  private CompletableFuture<?> createDatabase(Principal caller, JsonRequest request) {
    String name = TableName.checkName("database", request.text("name"));
    try {
      caller.require(Access.ADMIN, name);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    return operations
        .createDatabase(name, request.bool("ifNotExists"))
        .thenApply(done -> Map.of("database", name));
  }

  void dropDatabase(Call call) {
    String name = TableName.checkName("database", call.path("database"));
    call.answer(
        200,
        operations
            .dropDatabase(name, call.flag("ifExists"))
            .thenApply(done -> Map.of("database", name)));
  }

  void listTables(Call call) {
    String database = TableName.checkName("database", call.path("database"));
    call.answer(
        200,
        operations
            .listTables(database)
            .thenApply(names -> Map.of("tables", names.stream().map(TableName::table).toList())));
  }

  void createTable(Call call) {
    String database = TableName.checkName("database", call.path("database"));
    withBody(call, 201, body -> createTable(database, JsonRequest.parse(body, TABLE_FIELDS)));
  }

  private CompletableFuture<?> createTable(String database, JsonRequest request) {
    return operations
        .createTable(
            new TableName(database, request.text("name")),
            TableJson.columns(request),
            request.options("options"),
            request.text("comment", ""),
            request.bool("ifNotExists"))
        .thenApply(TableJson::describe);
  }

  void describeTable(Call call) {
    call.answer(200, operations.describe(call.table()).thenApply(TableJson::describe));
  }

  void alterTable(Call call) {
    TableName name = call.table();
    withBody(
        call,
        200,
        body ->
            alterTable(name, JsonRequest.parse(body, ALTER_FIELDS)).thenApply(TableJson::describe));
  }

  /** Each is done whole or not at all, but not both together: so a request is for one of them. */
  private CompletableFuture<Table> alterTable(TableName name, JsonRequest request) {
    if (request.has("options") == request.has("columns")) {
      throw new IllegalArgumentException(
          "a table is altered by 'options' or by 'columns', not by "
              + (request.has("options") ? "both in one request" : "neither"));
    }
    return request.has("options")
        ? operations.alterTable(name, request.optionChanges("options"))
        : operations.alterColumns(name, ColumnChanges.parse(request.node("columns")));
  }

  void dropTable(Call call) {
    TableName name = call.table();
    call.answer(
        200,
        operations
            .dropTable(name, call.flag("ifExists"), call.flag("purge"))
            .thenApply(done -> new Dropped(name.database(), name.table())));
  }

  /** What the answer says, in this order. */
  private record Dropped(String database, String table) {}

  private void withBody(Call call, int status, Change change) {
    ByteBudget.Share share = budget.share();
    RequestBody.read(call.request(), MOST_BODY_BYTES, share)
        .compose(body -> Future.fromCompletionStage(change.make(body)))
        .onComplete(
            body -> {
              share.close();
              Answers.json(call.response(), status, body);
            },
            failure -> {
              share.close();
              Answers.failure(call.response(), failure);
            });
  }

  private interface Change {
    CompletableFuture<?> make(byte[] body);
  }
}
