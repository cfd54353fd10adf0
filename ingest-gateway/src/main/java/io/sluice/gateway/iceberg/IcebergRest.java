package io.sluice.gateway.iceberg;

import io.sluice.catalog.table.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the reading calls of the Iceberg REST catalog (v1): config, namespaces and tables. A
 * namespace is a database. What writes is refused with a word on where to do it instead. Blocking
 * and thread-safe.
 */
public final class IcebergRest {

  private static final Logger LOG = LoggerFactory.getLogger(IcebergRest.class);

  private static final List<Endpoint> ENDPOINTS =
      List.of(
          Endpoint.V1_LIST_NAMESPACES,
          Endpoint.V1_LOAD_NAMESPACE,
          Endpoint.V1_NAMESPACE_EXISTS,
          Endpoint.V1_LIST_TABLES,
          Endpoint.V1_LOAD_TABLE,
          Endpoint.V1_TABLE_EXISTS);

  /** What a client needs to reach the warehouse, and may know. Everything else stays here. */
  private static final List<String> PUBLIC_PROPERTIES =
      List.of("client.region", "s3.region", "s3.endpoint", "s3.path-style-access");

  private static final int MOST_MESSAGE_CHARACTERS = 1_000;

  private final Catalog catalog;
  private final SupportsNamespaces namespaces;
  private final Map<String, String> defaults = new HashMap<>();

  /**
   * Serves a catalog.
   *
   * @param catalog the lake's catalog; must support namespaces
   * @param lakeProperties the lake's settings, of which clients get the few that are not secret
   */
  public IcebergRest(Catalog catalog, Map<String, String> lakeProperties) {
    if (!(catalog instanceof SupportsNamespaces supporting)) {
      throw new IllegalArgumentException(
          "the lake's catalog must support namespaces: " + catalog.getClass().getName());
    }
    this.catalog = catalog;
    this.namespaces = supporting;
    for (String key : PUBLIC_PROPERTIES) {
      String value = lakeProperties.get(key);
      if (value != null) {
        defaults.put(key, value);
      }
    }
  }

  /**
   * Answers a call. Never throws.
   *
   * @param method the HTTP method
   * @param path the decoded segments after {@code /iceberg/v1}
   * @param query the decoded query parameters
   */
  public Reply answer(String method, List<String> path, Map<String, String> query) {
    try {
      return route(method, path, query);
    } catch (NoSuchNamespaceException e) {
      return RestJson.error(404, "NoSuchNamespaceException", message(e));
    } catch (NoSuchTableException e) {
      return RestJson.error(404, "NoSuchTableException", message(e));
    } catch (IllegalArgumentException e) {
      return RestJson.error(400, "BadRequestException", message(e));
    } catch (NullPointerException | IllegalStateException | ClassCastException e) {
      LOG.error("Iceberg REST call failed: {} {}", method, path, e);
      return RestJson.error(500, "InternalServerError", e.getClass().getName() + ": " + message(e));
    } catch (RuntimeException e) {
      LOG.warn("Iceberg REST call failed: {} {}", method, path, e);
      return RestJson.error(
          503,
          "ServiceUnavailableException",
          "the lake's catalog could not be read; try again: " + message(e));
    }
  }

  private Reply route(String method, List<String> path, Map<String, String> query) {
    boolean reading = method.equals("GET") || method.equals("HEAD");
    String kind = path.isEmpty() ? "" : path.get(0);
    int depth = path.size();
    boolean table = kind.equals("namespaces") && depth == 4 && path.get(2).equals("tables");
    boolean tables = kind.equals("namespaces") && depth == 3 && path.get(2).equals("tables");
    if (!reading) {
      return unsupported(method, path);
    }
    if (kind.equals("config") && depth == 1) {
      return config();
    }
    if (kind.equals("namespaces") && depth == 1) {
      return listNamespaces(query);
    }
    if (kind.equals("namespaces") && depth == 2) {
      return namespace(method, path.get(1));
    }
    if (tables) {
      return listTables(path.get(1), query);
    }
    if (table) {
      return table(method, path.get(1), path.get(3), query);
    }
    return unsupported(method, path);
  }

  private Reply config() {
    return new Reply(
        200,
        RestJson.write(
            ConfigResponse.builder().withDefaults(defaults).withEndpoints(ENDPOINTS).build()));
  }

  private Reply listNamespaces(Map<String, String> query) {
    String parent = query.getOrDefault("parent", "");
    if (!parent.isEmpty()) {
      Namespace namespace = namespace(parent);
      CatalogHandlers.namespaceExists(namespaces, namespace);
      return new Reply(200, "{\"namespaces\":[]}");
    }
    Namespace root = Namespace.empty();
    String token = query.get("pageToken");
    return new Reply(
        200,
        RestJson.write(
            token == null || !query.containsKey("pageSize")
                ? CatalogHandlers.listNamespaces(namespaces, root)
                : CatalogHandlers.listNamespaces(namespaces, root, token, pageSize(query))));
  }

  private Reply namespace(String method, String name) {
    Namespace namespace = namespace(name);
    if (method.equals("HEAD")) {
      CatalogHandlers.namespaceExists(namespaces, namespace);
      return Reply.NO_CONTENT;
    }
    return new Reply(200, RestJson.write(CatalogHandlers.loadNamespace(namespaces, namespace)));
  }

  private Reply listTables(String database, Map<String, String> query) {
    Namespace namespace = namespace(database);
    CatalogHandlers.namespaceExists(namespaces, namespace);
    String token = query.get("pageToken");
    return new Reply(
        200,
        RestJson.write(
            token == null || !query.containsKey("pageSize")
                ? CatalogHandlers.listTables(catalog, namespace)
                : CatalogHandlers.listTables(catalog, namespace, token, pageSize(query))));
  }

  private Reply table(String method, String database, String name, Map<String, String> query) {
    Namespace namespace = namespace(database);
    CatalogHandlers.namespaceExists(namespaces, namespace);
    TableIdentifier table = TableIdentifier.of(namespace, name);
    if (!isName(name)) {
      throw new NoSuchTableException("Table does not exist: %s", table);
    }
    if (method.equals("HEAD")) {
      CatalogHandlers.tableExists(catalog, table);
      return Reply.NO_CONTENT;
    }
    SnapshotMode mode =
        SnapshotMode.valueOf(query.getOrDefault("snapshots", "all").toUpperCase(Locale.ROOT));
    return new Reply(200, RestJson.write(CatalogHandlers.loadTable(catalog, table, mode)));
  }

  /** Returns the namespace of a database; Sluice has none below it. */
  private static Namespace namespace(String database) {
    if (!isName(database)) {
      throw new NoSuchNamespaceException(
          "Namespace does not exist: %s (a namespace is a Sluice database, of one level)",
          database.replace('\u001f', '.'));
    }
    return Namespace.of(database);
  }

  private static boolean isName(String text) {
    try {
      TableName.checkName("name", text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String pageSize(Map<String, String> query) {
    String size = query.getOrDefault("pageSize", "");
    try {
      if (Integer.parseInt(size) > 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number that is too small.
    }
    throw new IllegalArgumentException("pageSize must be a positive integer: '" + size + "'");
  }

  private static Reply unsupported(String method, List<String> path) {
    return RestJson.error(
        405,
        "UnsupportedOperationException",
        method
            + " /v1/"
            + String.join("/", path)
            + " is not supported: this catalog is read-only. Create and drop tables through Sluice"
            + " (/v1/databases, Arrow Flight, the sluice command or Flink SQL), and write rows"
            + " through its gateway.");
  }

  private static String message(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return message.length() <= MOST_MESSAGE_CHARACTERS
        ? message
        : message.substring(0, MOST_MESSAGE_CHARACTERS) + "...";
  }
}
