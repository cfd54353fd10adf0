package io.sluice.gateway.iceberg;

import io.sluice.catalog.lake.ForeignCatalog;
import io.sluice.gateway.auth.Access;
import io.sluice.gateway.errors.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTCatalogProperties;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.ReportMetricsRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ListTablesResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;

/** The calls on tables. */
final class TableCalls {

  private static final SnapshotMode DEFAULT_MODE =
      RESTCatalogProperties.SNAPSHOT_LOADING_MODE_DEFAULT;

  private static final Set<Class<? extends MetadataUpdate>> OF_ROWS =
      Set.of(
          MetadataUpdate.AddSnapshot.class,
          MetadataUpdate.SetSnapshotRef.class,
          MetadataUpdate.SetStatistics.class,
          MetadataUpdate.SetPartitionStatistics.class);

  private final Catalog catalog;
  private final SupportsNamespaces namespaces;

  TableCalls(Catalog catalog, SupportsNamespaces namespaces) {
    this.catalog = catalog;
    this.namespaces = namespaces;
  }

  List<Route> reading() {
    return List.of(
        Route.of(Endpoint.V1_LIST_TABLES, Access.DESCRIBE, this::list),
        Route.of(Endpoint.V1_LOAD_TABLE, Access.READ, this::load),
        Route.of(Endpoint.V1_TABLE_EXISTS, Access.DESCRIBE, this::exists));
  }

  List<Route> writing() {
    return List.of(
        Route.of(Endpoint.V1_CREATE_TABLE, Access.ADMIN, this::create),
        new Route(Endpoint.V1_UPDATE_TABLE, TableCalls::mayUpdate, this::update),
        Route.of(Endpoint.V1_DELETE_TABLE, Access.ADMIN, this::drop),
        new Route(Endpoint.V1_RENAME_TABLE, TableCalls::mayRename, this::rename),
        Route.of(Endpoint.V1_REGISTER_TABLE, Access.ADMIN, this::register),
        Route.of(Endpoint.V1_REPORT_METRICS, Access.DESCRIBE, this::metrics));
  }

  /** Who adds rows makes snapshots, and nothing else of a table. */
  private static void mayUpdate(RestCall call, Map<String, String> names) throws ProblemException {
    boolean rowsOnly =
        RestJson.read(call, UpdateTableRequest.class).updates().stream()
            .allMatch(update -> OF_ROWS.stream().anyMatch(kind -> kind.isInstance(update)));
    Access access = rowsOnly ? Access.WRITE : Access.ADMIN;
    call.caller().require(access, names.getOrDefault("namespace", ""));
  }

  private static void mayRename(RestCall call, Map<String, String> names) throws ProblemException {
    RenameTableRequest request = RestJson.read(call, RenameTableRequest.class);
    call.caller().require(Access.ADMIN, request.source().namespace().toString());
    call.caller().require(Access.ADMIN, request.destination().namespace().toString());
  }

  private Reply list(RestCall call, Map<String, String> names) {
    Namespace namespace = Names.namespace(names);
    CatalogHandlers.namespaceExists(namespaces, namespace);
    Page<TableIdentifier> page =
        Page.of(catalog.listTables(namespace), TableIdentifier::name, call.query());
    return new Reply(
        200,
        RestJson.write(
            ListTablesResponse.builder().addAll(page.items()).nextPageToken(page.next()).build()));
  }

  private Reply load(RestCall call, Map<String, String> names) {
    TableIdentifier table = Names.table(names);
    SnapshotMode mode =
        SnapshotMode.valueOf(
            call.query()
                .getOrDefault(RESTCatalogProperties.SNAPSHOTS_QUERY_PARAMETER, DEFAULT_MODE.name())
                .toUpperCase(Locale.ROOT));
    if (!call.ifNoneMatch().isEmpty() && catalog instanceof ForeignCatalog own) {
      // Where the metadata file is says what is in it: files are never changed.
      String location = own.metadataLocation(table).orElse("");
      if (!location.isEmpty() && ETags.match(call.ifNoneMatch(), ETags.of(location, mode))) {
        return new Reply(304, "", ETags.of(location, mode));
      }
    }
    return loaded(CatalogHandlers.loadTable(catalog, table, mode), mode);
  }

  private Reply exists(RestCall call, Map<String, String> names) {
    CatalogHandlers.tableExists(catalog, Names.table(names));
    return Reply.NO_CONTENT;
  }

  /** Takes what an engine tells of a scan or commit; nobody asks for it. */
  private Reply metrics(RestCall call, Map<String, String> names) {
    var unused = RestJson.read(call, ReportMetricsRequest.class);
    return Reply.NO_CONTENT;
  }

  private Reply create(RestCall call, Map<String, String> names) {
    Namespace namespace = Names.namespace(names);
    CreateTableRequest request = RestJson.read(call, CreateTableRequest.class);
    CatalogHandlers.namespaceExists(namespaces, namespace);
    if (request.stageCreate()) {
      // Nothing is made yet, so there is nothing to be cached.
      return new Reply(
          200,
          RestJson.write(CatalogHandlers.stageTableCreate(catalogOf(call), namespace, request)));
    }
    return loaded(CatalogHandlers.createTable(catalogOf(call), namespace, request), DEFAULT_MODE);
  }

  private Reply update(RestCall call, Map<String, String> names) {
    UpdateTableRequest request = RestJson.read(call, UpdateTableRequest.class);
    return loaded(
        CatalogHandlers.updateTable(catalogOf(call), Names.table(names), request), DEFAULT_MODE);
  }

  private Reply drop(RestCall call, Map<String, String> names) {
    TableIdentifier table = Names.table(names);
    if (Boolean.parseBoolean(call.query().getOrDefault("purgeRequested", "false"))) {
      CatalogHandlers.purgeTable(catalog, table);
    } else {
      CatalogHandlers.dropTable(catalog, table);
    }
    return Reply.NO_CONTENT;
  }

  private Reply rename(RestCall call, Map<String, String> names) {
    CatalogHandlers.renameTable(catalog, RestJson.read(call, RenameTableRequest.class));
    return Reply.NO_CONTENT;
  }

  private Reply register(RestCall call, Map<String, String> names) {
    Namespace namespace = Names.namespace(names);
    RegisterTableRequest request = RestJson.read(call, RegisterTableRequest.class);
    CatalogHandlers.namespaceExists(namespaces, namespace);
    return loaded(CatalogHandlers.registerTable(catalogOf(call), namespace, request), DEFAULT_MODE);
  }

  /** Returns the catalog as who calls may write to it. */
  private Catalog catalogOf(RestCall call) {
    return catalog instanceof ForeignCatalog own
        ? own.forOneWhoAdministers(database -> call.caller().may(Access.ADMIN, database))
        : catalog;
  }

  private static Reply loaded(LoadTableResponse response, SnapshotMode mode) {
    return new Reply(200, RestJson.write(response), ETags.of(response.metadataLocation(), mode));
  }
}
