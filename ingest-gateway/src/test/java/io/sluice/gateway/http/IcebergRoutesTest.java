package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.LakeLag;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LocalFileIO;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.tables.FlushReport;
import io.sluice.gateway.tables.FreshReads;
import io.sluice.gateway.tables.TableStatus;
import io.sluice.gateway.tables.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Iceberg REST catalog over a catalog that engines write themselves: it only reads. */
@Timeout(120)
class IcebergRoutesTest {

  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "Name", Types.StringType.get()));

  @TempDir private Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private final Vertx vertx = Vertx.vertx();
  private final Workers workers = new Workers("lake", 4);
  private Lake lake;
  private TableCatalog catalog;
  private String endpoint;

  @BeforeEach
  void serve() throws Exception {
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    Router router = Router.router(vertx);
    IcebergRoutes routes =
        new IcebergRoutes(
            new IcebergRest(
                lake.icebergCatalog(),
                Map.of("client.region", "eu-central-1", "s3.secret-access-key", "hush")),
            workers,
            new FreshLoads(new FreshReads(new NothingToFlush(), System::nanoTime)),
            new ByteBudget(1 << 20));
    router.route().handler(new Guard(Authenticator.open())::handle);
    router.route(IcebergRoutes.PREFIX + "/*").handler(context -> routes.handle(vertx, context));
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    endpoint = "http://127.0.0.1:" + server.actualPort() + "/iceberg";
    catalog.createDatabase("air", false);
    catalog.createTable(new TableName("air", "Flights-1"), COLUMNS, Map.of(), "flown", false);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    workers.close();
    lake.close();
  }

  @Test
  void icebergsOwnClientListsAndLoadsTables() throws Exception {
    try (RESTCatalog client = client()) {
      assertThat(client.listNamespaces()).containsExactly(Namespace.of("air"));
      assertThat(client.namespaceExists(Namespace.of("air"))).isTrue();
      assertThat(client.namespaceExists(Namespace.of("sea"))).isFalse();
      assertThat(client.listTables(Namespace.of("air")))
          .containsExactly(TableIdentifier.of("air", "Flights-1"));
      assertThat(client.tableExists(TableIdentifier.of("air", "Flights-1"))).isTrue();
      assertThat(client.tableExists(TableIdentifier.of("air", "flights-1"))).isFalse();
      assertThat(
              client
                  .loadTable(TableIdentifier.of("air", "Flights-1"))
                  .schema()
                  .sameSchema(catalog.load(new TableName("air", "Flights-1")).schema()))
          .isTrue();
    }
  }

  @Test
  void whatIsNotThereIsNotFoundInIcebergsTerms() throws Exception {
    try (RESTCatalog client = client()) {
      assertThatThrownBy(() -> client.loadTable(TableIdentifier.of("air", "none")))
          .isInstanceOf(NoSuchTableException.class);
      assertThatThrownBy(() -> client.loadTable(TableIdentifier.of("air", "a.b/c d")))
          .isInstanceOf(NoSuchTableException.class);
      assertThatThrownBy(() -> client.listTables(Namespace.of("sea")))
          .isInstanceOf(NoSuchNamespaceException.class);
      assertThatThrownBy(() -> client.listTables(Namespace.of("air", "below")))
          .isInstanceOf(NoSuchNamespaceException.class);
      assertThatThrownBy(() -> client.loadNamespaceMetadata(Namespace.of("air", "below")))
          .isInstanceOf(NoSuchNamespaceException.class);
    }
  }

  @Test
  void clientsAreToldThatTheCatalogIsReadOnly() throws Exception {
    try (RESTCatalog client = client()) {
      assertThatThrownBy(() -> client.createNamespace(Namespace.of("sea")))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> client.createTable(TableIdentifier.of("air", "mine"), COLUMNS))
          .isInstanceOf(UnsupportedOperationException.class);
    }
    HttpResponse<String> answer = send("POST", "/v1/namespaces");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.body()).contains("this catalog is read-only").contains("\"code\":405");
    assertThat(send("DELETE", "/v1/namespaces/air/tables/Flights-1").statusCode()).isEqualTo(405);
    assertThat(catalog.listTables("air")).hasSize(1);
  }

  @Test
  void theConfigurationNamesTheEndpointsAndNoSecrets() throws Exception {
    HttpResponse<String> answer = send("GET", "/v1/config?warehouse=x");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("GET /v1/{prefix}/namespaces/{namespace}/tables/{table}")
        .contains("eu-central-1")
        .doesNotContain("hush")
        .doesNotContain("POST");
  }

  @Test
  void listsComeInPages() throws Exception {
    for (int i = 0; i < 5; i++) {
      catalog.createDatabase("d" + i, false);
    }

    assertThat(send("GET", "/v1/namespaces?pageSize=4&pageToken=").body())
        .contains("\"next-page-token\":\"d2\"")
        .contains("[\"d2\"]")
        .doesNotContain("[\"d3\"]");
    assertThat(send("GET", "/v1/namespaces?pageSize=4&pageToken=d2").body()).contains("[\"d3\"]");
    assertThat(send("GET", "/v1/namespaces?pageSize=none&pageToken=").statusCode()).isEqualTo(400);
  }

  private RESTCatalog client() {
    RESTCatalog client = new RESTCatalog();
    client.initialize(
        "sluice",
        Map.of(
            CatalogProperties.URI,
            endpoint,
            CatalogProperties.FILE_IO_IMPL,
            LocalFileIO.class.getName()));
    return client;
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(endpoint + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** A lake that has everything. */
  private static final class NothingToFlush implements FreshReads.Flusher {

    @Override
    public CompletableFuture<Optional<Duration>> freshness(TableName table) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletableFuture<TableStatus> status(TableName table) {
      return CompletableFuture.completedFuture(
          new TableStatus(
              table,
              Optional.of(new TableStatus.Figures(1, 0, LakeLag.NONE, 0)),
              null,
              MaintenanceNote.NONE));
    }

    @Override
    public CompletableFuture<FlushReport> flush(TableName table, Duration patience) {
      return CompletableFuture.failedFuture(new AssertionError("nobody wants a flush"));
    }
  }
}
