package io.sluice.gateway.http;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.metrics.GatewayMeters;
import java.util.List;
import java.util.Map;

/** Databases and tables over HTTP. */
final class DdlRoutes {

  private static final int MOST_BODY_BYTES = 1 << 20;
  private static final List<String> DATABASE_FIELDS = List.of("name", "ifNotExists");
  private static final List<String> TABLE_FIELDS =
      List.of("name", "columns", "options", "comment", "ifNotExists");

  private final TableCatalog catalog;
  private final GatewayMeters meters;
  private final ByteBudget budget;

  DdlRoutes(TableCatalog catalog, GatewayMeters meters, ByteBudget budget) {
    this.catalog = catalog;
    this.meters = meters;
    this.budget = budget;
  }

  void listDatabases(Call call) {
    call.answer(200, () -> Map.of("databases", catalog.listDatabases()));
  }

  void createDatabase(Call call) {
    withBody(call, body -> createDatabase(JsonRequest.parse(body, DATABASE_FIELDS)));
  }

  private Map<String, Object> createDatabase(JsonRequest request) throws CatalogException {
    String name = request.text("name");
    catalog.createDatabase(TableName.checkName("database", name), request.bool("ifNotExists"));
    return Map.of("database", name);
  }

  void dropDatabase(Call call) {
    String name = TableName.checkName("database", call.path("database"));
    boolean ifExists = call.flag("ifExists");
    call.answer(
        200,
        () -> {
          catalog.dropDatabase(name, ifExists);
          return Map.of("database", name);
        });
  }

  void listTables(Call call) {
    String database = TableName.checkName("database", call.path("database"));
    call.answer(
        200,
        () ->
            Map.of("tables", catalog.listTables(database).stream().map(TableName::table).toList()));
  }

  void createTable(Call call) {
    String database = TableName.checkName("database", call.path("database"));
    withBody(call, body -> createTable(database, JsonRequest.parse(body, TABLE_FIELDS)));
  }

  private Map<String, Object> createTable(String database, JsonRequest request)
      throws CatalogException {
    return TableJson.describe(
        catalog.createTable(
            new TableName(database, request.text("name")),
            TableJson.columns(request),
            request.options("options"),
            request.text("comment", ""),
            request.bool("ifNotExists")));
  }

  void describeTable(Call call) {
    TableName name = call.table();
    call.answer(200, () -> TableJson.describe(catalog.load(name)));
  }

  void dropTable(Call call) {
    TableName name = call.table();
    boolean ifExists = call.flag("ifExists");
    boolean purge = call.flag("purge");
    call.answer(
        200,
        () -> {
          catalog.dropTable(name, ifExists, purge);
          meters.dropped(name);
          return Map.of("database", name.database(), "table", name.table());
        });
  }

  private void withBody(Call call, Creation creation) {
    ByteBudget.Share share = budget.share();
    RequestBody.read(call.request(), MOST_BODY_BYTES, share)
        .onComplete(
            body -> {
              share.close();
              call.answer(201, () -> creation.create(body));
            },
            failure -> {
              share.close();
              Answers.failure(call.response(), failure);
            });
  }

  private interface Creation {
    Map<String, Object> create(byte[] body) throws CatalogException;
  }
}
