package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.LocalFileIO;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines write through the Iceberg REST catalog of a gateway. */
@Timeout(120)
class IcebergWritesTest {

  private static final String JSON = "application/json";
  private static final String TABLES = "/iceberg/v1/namespaces/shop/tables";
  private static final TableIdentifier OURS = TableIdentifier.of("shop", "orders");
  private static final TableIdentifier THEIRS = TableIdentifier.of("shop", "theirs");
  private static final Schema SCHEMA =
      new Schema(NestedField.optional(1, "x", Types.LongType.get()));

  @TempDir private Path folder;
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createOrders("{}");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void aNamespaceIsADatabase() throws Exception {
    try (RESTCatalog client = client()) {
      client.createNamespace(Namespace.of("theirs"), new HashMap<>(Map.of("owner", "me")));
      assertThat(gateway.get("/v1/databases").body()).contains("\"theirs\"");
      assertThat(client.loadNamespaceMetadata(Namespace.of("theirs"))).containsEntry("owner", "me");
      assertThatThrownBy(() -> client.createNamespace(Namespace.of("shop")))
          .isInstanceOf(AlreadyExistsException.class);
      assertThat(client.dropNamespace(Namespace.of("theirs"))).isTrue();
      assertThat(gateway.get("/v1/databases").body()).doesNotContain("theirs");
    }
  }

  @Test
  void whatASluiceTableDoesNotTakeIsForbidden() throws Exception {
    try (RESTCatalog client = client()) {
      assertThatThrownBy(() -> client.dropTable(OURS, true))
          .isInstanceOf(ForbiddenException.class)
          .hasMessageContaining("sluice table drop");
      assertThatThrownBy(() -> client.renameTable(OURS, THEIRS))
          .isInstanceOf(ForbiddenException.class);
      Table table = client.loadTable(OURS);
      assertThatThrownBy(() -> table.updateProperties().set("sluice.option.x", "1").commit())
          .isInstanceOf(ForbiddenException.class)
          .hasMessageContaining("sluice table alter");
      table.updateSchema().addColumn("more", Types.LongType.get()).commit();
      table.updateProperties().set("mine", "1").commit();
      assertThat(client.loadTable(OURS).properties()).containsEntry("mine", "1");
    }
    HttpResponse<String> answer = delete(TABLES + "/orders");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("\"type\":\"ForbiddenException\"");
    assertThat(gateway.post("{\"id\": 1}").statusCode()).isEqualTo(200);
  }

  @Test
  void aNameThatAnEngineHasIsRefusedToSluice() throws Exception {
    try (RESTCatalog client = client()) {
      client.createTable(THEIRS, SCHEMA);
      HttpResponse<String> answer =
          gateway.send(
              "POST",
              "/v1/databases/shop/tables",
              JSON,
              "{\"name\":\"theirs\",\"columns\":[{\"name\":\"id\",\"type\":\"long\"}]}");
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("Sluice did not make");
      assertThat(client.listTables(Namespace.of("shop"))).contains(OURS, THEIRS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /iceberg/v1/namespaces/shop, 405",
    "POST, /iceberg/v1/namespaces/shop/views, 405",
    "POST, /iceberg/v1/transactions/commit, 405",
    "POST, /iceberg/v1/nothing, 405",
    "DELETE, /iceberg/v1/namespaces/shop, 409",
    "DELETE, /iceberg/v1/namespaces/none, 404",
    "DELETE, /iceberg/v1/namespaces/shop/tables/none, 404",
    "POST, /iceberg/v1/namespaces/shop/tables/none, 404"
  })
  void errorsAreIcebergs(String method, String path, int status) throws Exception {
    String body = "{\"requirements\":[],\"updates\":[]}";
    HttpResponse<String> answer = gateway.send(method, path, JSON, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).startsWith("{\"error\":{").contains("\"code\":" + status);
  }

  @Test
  void namespacePropertiesAreSetAndRemoved() throws Exception {
    String path = "/iceberg/v1/namespaces/shop/properties";
    assertThat(gateway.send("POST", path, JSON, "{\"updates\":{\"a\":\"1\"}}").body())
        .contains("\"updated\":[\"a\"]");
    assertThat(gateway.send("POST", path, JSON, "{\"removals\":[\"a\",\"b\"]}").body())
        .contains("\"removed\":[\"a\"]")
        .contains("\"missing\":[\"b\"]");
    HttpResponse<String> both =
        gateway.send("POST", path, JSON, "{\"removals\":[\"a\"],\"updates\":{\"a\":\"1\"}}");
    assertThat(both.statusCode()).isEqualTo(422);
  }

  @Test
  void aTableIsSentAgainOnlyWhenItHasChanged() throws Exception {
    HttpResponse<String> first = gateway.get(TABLES + "/orders");
    String etag = first.headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> same = gateway.get(TABLES + "/orders", "If-None-Match", etag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(same.headers().firstValue("ETag")).contains(etag);
    assertThat(gateway.get(TABLES + "/orders", "If-None-Match", "\"x\", W/" + etag).statusCode())
        .isEqualTo(304);
    assertThat(gateway.get(TABLES + "/orders?snapshots=refs", "If-None-Match", etag).statusCode())
        .isEqualTo(200);
    assertThat(gateway.get(TABLES + "/none", "If-None-Match", "*").statusCode()).isEqualTo(404);
    try (RESTCatalog client = client()) {
      client.loadTable(OURS).updateProperties().set("mine", "1").commit();
    }
    HttpResponse<String> changed = gateway.get(TABLES + "/orders", "If-None-Match", etag);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(etag);
  }

  @Test
  void aTableThatIsDroppedBetweenPagesHidesNoOther() throws Exception {
    try (RESTCatalog client = client()) {
      for (String name : List.of("a", "b", "c", "d")) {
        client.createTable(TableIdentifier.of("shop", name), SCHEMA);
      }
      assertThat(gateway.get(TABLES + "?pageSize=2&pageToken=").body())
          .contains("\"next-page-token\":\"b\"")
          .doesNotContain("\"c\"");
      client.dropTable(TableIdentifier.of("shop", "a"));
      assertThat(gateway.get(TABLES + "?pageSize=2&pageToken=b").body())
          .contains("\"name\":\"c\"")
          .contains("\"name\":\"d\"");
      assertThat(gateway.get(TABLES + "?pageSize=0&pageToken=").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void metricsAreTaken() throws Exception {
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            TABLES + "/orders/metrics",
            JSON,
            "{\"report-type\":\"commit-report\",\"table-name\":\"orders\",\"snapshot-id\":1,"
                + "\"sequence-number\":1,\"operation\":\"append\",\"metrics\":{}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }

  @Test
  void ofTwoCommitsOnOneBaseOneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (RESTCatalog one = client();
        RESTCatalog two = client()) {
      one.createTable(THEIRS, SCHEMA);
      for (TableIdentifier table : List.of(OURS, THEIRS)) {
        one.loadTable(table).updateProperties().set("commit.retry.num-retries", "0").commit();
        for (int round = 0; round < 10; round++) {
          List<Table> bases = List.of(one.loadTable(table), two.loadTable(table));
          assertThat(bases.get(0).currentSnapshot()).isEqualTo(bases.get(1).currentSnapshot());
          CyclicBarrier together = new CyclicBarrier(2);
          List<Future<Boolean>> commits = new ArrayList<>();
          for (Table base : bases) {
            commits.add(threads.submit(() -> append(base, together)));
          }
          int won = 0;
          for (Future<Boolean> commit : commits) {
            won += commit.get(60, TimeUnit.SECONDS) ? 1 : 0;
          }
          assertThat(won).isEqualTo(1);
        }
        assertThat(one.loadTable(table).currentSnapshot().summary())
            .containsEntry("total-records", "10");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean append(Table base, CyclicBarrier together) throws Exception {
    var append =
        base.newFastAppend()
            .appendFile(
                DataFiles.builder(PartitionSpec.unpartitioned())
                    .withPath(base.location() + "/data/" + java.util.UUID.randomUUID() + ".parquet")
                    .withFileSizeInBytes(10)
                    .withRecordCount(1)
                    .build());
    together.await(30, TimeUnit.SECONDS);
    try {
      append.commit();
      return true;
    } catch (CommitFailedException e) {
      return false;
    }
  }

  private RESTCatalog client() {
    RESTCatalog client = new RESTCatalog();
    client.initialize(
        "sluice",
        Map.of(
            CatalogProperties.URI,
            "http://127.0.0.1:" + gateway.port() + "/iceberg",
            CatalogProperties.FILE_IO_IMPL,
            LocalFileIO.class.getName()));
    return client;
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return gateway
        .client()
        .send(gateway.request(path).DELETE().build(), HttpResponse.BodyHandlers.ofString());
  }
}
