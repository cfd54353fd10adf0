package io.sluice.gateway.iceberg;

import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.CatalogTests;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg's own tests of catalogs, by Iceberg's own client on a gateway. */
@Timeout(120)
class IcebergRestCatalogTest extends CatalogTests<RESTCatalog> {

  @TempDir private static Path warehouse;
  private static GatewayFixture shared;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private RESTCatalog catalog;

  @BeforeAll
  static void start() {
    shared = new GatewayFixture(warehouse);
  }

  @AfterAll
  static void stop() throws Exception {
    shared.close();
  }

  @BeforeEach
  void open() {
    catalog = initCatalog("sluice", Map.of());
  }

  @AfterEach
  void leaveNothing() throws Exception {
    for (Namespace namespace : catalog.listNamespaces()) {
      catalog.listTables(namespace).forEach(table -> catalog.dropTable(table, false));
      catalog.dropNamespace(namespace);
    }
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Override
  protected RESTCatalog catalog() {
    return catalog;
  }

  @Override
  protected RESTCatalog initCatalog(String name, Map<String, String> properties) {
    Map<String, String> all = new HashMap<>();
    // The tests look for these.
    all.put("table-default.default-key1", "catalog-default-key1");
    all.put("table-default.default-key2", "catalog-default-key2");
    all.put("table-default.override-key3", "catalog-default-key3");
    all.put("table-override.override-key3", "catalog-override-key3");
    all.put("table-override.override-key4", "catalog-override-key4");
    all.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
    all.put(CatalogProperties.URI, "http://127.0.0.1:" + gateway(properties).port() + "/iceberg");
    all.putAll(properties);
    RESTCatalog client = new RESTCatalog();
    client.initialize(name, all);
    opened.add(client);
    return client;
  }

  /** Where tables are is the server's to say. */
  private GatewayFixture gateway(Map<String, String> properties) {
    String unique = properties.get(CatalogProperties.UNIQUE_TABLE_LOCATION);
    if (unique == null) {
      return shared;
    }
    GatewayFixture own =
        new GatewayFixture(
            warehouse,
            GatewaySettings.DEFAULT,
            Map.of(CatalogProperties.UNIQUE_TABLE_LOCATION, unique));
    opened.add(own);
    return own;
  }

  @Override
  protected boolean requiresNamespaceCreate() {
    return true;
  }

  @Override
  protected boolean supportsServerSideRetry() {
    return true;
  }

  /** Names of databases and tables are letters, digits, '_' and '-'. */
  @Override
  protected boolean supportsNamesWithSlashes() {
    return false;
  }

  @Override
  protected boolean supportsNamesWithDot() {
    return false;
  }

  /** Tables are below the warehouse. */
  @Override
  protected String baseTableLocation(TableIdentifier identifier) {
    return warehouse + "/" + identifier.namespace() + "/" + identifier.name();
  }
}
