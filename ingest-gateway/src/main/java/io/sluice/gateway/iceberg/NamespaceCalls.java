package io.sluice.gateway.iceberg;

import io.sluice.gateway.auth.Access;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.errors.ProblemException;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.UpdateNamespacePropertiesRequest;
import org.apache.iceberg.rest.responses.CreateNamespaceResponse;
import org.apache.iceberg.rest.responses.ListNamespacesResponse;

/** The calls on namespaces, which are Sluice's databases. */
final class NamespaceCalls {

  private final SupportsNamespaces catalog;

  NamespaceCalls(SupportsNamespaces catalog) {
    this.catalog = catalog;
  }

  List<Route> reading() {
    return List.of(
        new Route(Endpoint.V1_LIST_NAMESPACES, (call, names) -> {}, this::list),
        Route.of(Endpoint.V1_LOAD_NAMESPACE, Access.DESCRIBE, this::load),
        Route.of(Endpoint.V1_NAMESPACE_EXISTS, Access.DESCRIBE, this::exists));
  }

  List<Route> writing() {
    return List.of(
        new Route(Endpoint.V1_CREATE_NAMESPACE, NamespaceCalls::mayCreate, this::create),
        Route.of(Endpoint.V1_UPDATE_NAMESPACE, Access.ADMIN, this::update),
        Route.of(Endpoint.V1_DELETE_NAMESPACE, Access.ADMIN, this::drop));
  }

  private static void mayCreate(RestCall call, Map<String, String> names) throws ProblemException {
    CreateNamespaceRequest request = RestJson.read(call, CreateNamespaceRequest.class);
    call.caller().require(Access.ADMIN, request.namespace().toString());
  }

  private Reply list(RestCall call, Map<String, String> names) {
    String parent = call.query().getOrDefault("parent", "");
    Namespace namespace = parent.isEmpty() ? Namespace.empty() : Names.namespace(parent);
    Page<Namespace> page =
        Page.of(visible(namespace, call.caller()), Namespace::toString, call.query());
    return ok(
        ListNamespacesResponse.builder().addAll(page.items()).nextPageToken(page.next()).build());
  }

  private List<Namespace> visible(Namespace parent, Principal caller) {
    return catalog.listNamespaces(parent).stream()
        .filter(namespace -> caller.sees(namespace.toString()))
        .toList();
  }

  private Reply load(RestCall call, Map<String, String> names) {
    return ok(CatalogHandlers.loadNamespace(catalog, Names.namespace(names)));
  }

  private Reply exists(RestCall call, Map<String, String> names) {
    CatalogHandlers.namespaceExists(catalog, Names.namespace(names));
    return Reply.NO_CONTENT;
  }

  private Reply create(RestCall call, Map<String, String> names) {
    CreateNamespaceRequest request = RestJson.read(call, CreateNamespaceRequest.class);
    catalog.createNamespace(request.namespace(), request.properties());
    // Not loaded: that could fail, and the namespace would seem not to be made.
    return ok(
        CreateNamespaceResponse.builder()
            .withNamespace(request.namespace())
            .setProperties(request.properties())
            .build());
  }

  private Reply update(RestCall call, Map<String, String> names) {
    Namespace namespace = Names.namespace(names);
    return ok(
        CatalogHandlers.updateNamespaceProperties(
            catalog, namespace, RestJson.read(call, UpdateNamespacePropertiesRequest.class)));
  }

  private Reply drop(RestCall call, Map<String, String> names) {
    CatalogHandlers.dropNamespace(catalog, Names.namespace(names));
    return Reply.NO_CONTENT;
  }

  private static Reply ok(org.apache.iceberg.rest.RESTResponse response) {
    return new Reply(200, RestJson.write(response));
  }
}
