package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ApiRoutesTest {

  private static final String JSON = "application/json";
  private static final String TABLES = "/v1/databases/shop/tables";

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) {
    gateway = new GatewayFixture(folder);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void databasesAndTablesAreMadeListedAndDropped() throws Exception {
    assertThat(post("/v1/databases", "{\"name\":\"shop\"}").statusCode()).isEqualTo(201);
    assertThat(post("/v1/databases", "{\"name\":\"shop\"}").statusCode()).isEqualTo(409);
    assertThat(gateway.get("/v1/databases").body()).isEqualTo("{\"databases\":[\"shop\"]}\n");
    String table =
        "{\"name\":\"t\",\"columns\":[{\"name\":\"d\",\"type\":\"decimal(9, 2)\",\"comment\":\"money\"}],"
            + "\"options\":{\"bucket.count\":2},\"comment\":\"things\"}";
    assertThat(post(TABLES, table).statusCode()).isEqualTo(201);
    assertThat(post(TABLES, table).statusCode()).isEqualTo(409);
    assertThat(gateway.get(TABLES).body()).isEqualTo("{\"tables\":[\"t\"]}\n");
    assertThat(gateway.get(TABLES + "/t").body())
        .contains("\"bucketCount\":2")
        .contains("\"type\":\"decimal(9, 2)\"")
        .contains("\"comment\":\"money\"")
        .contains("\"name\":\"_offset\"");
    assertThat(delete("/v1/databases/shop").statusCode()).isEqualTo(409);
    assertThat(delete(TABLES + "/t").statusCode()).isEqualTo(200);
    assertThat(delete(TABLES + "/t").statusCode()).isEqualTo(404);
    assertThat(delete(TABLES + "/t?ifExists=true").statusCode()).isEqualTo(200);
    assertThat(delete("/v1/databases/shop").statusCode()).isEqualTo(200);
  }

  @Test
  void wrongDefinitionsAreRefusedWithTheirReason() throws Exception {
    post("/v1/databases", "{\"name\":\"shop\"}");

    refused("/v1/databases", "{\"name\":\"a b\"}", "cannot name a database");
    refused("/v1/databases", "{\"nam\":\"a\"}", "unknown field 'nam'");
    refused("/v1/databases", "{\"name\":\"a\",\"name\":\"b\"}", "not valid JSON");
    refused("/v1/databases", "", "the body is empty");
    refused("/v1/databases", "[]", "must be a JSON object");
    refused(TABLES, "{\"name\":\"t\"}", "'columns' must be an array");
    refused(TABLES, "{\"name\":\"t\",\"columns\":[]}", "at least one column");
    refused(TABLES, columns("{\"name\":\"a\",\"type\":\"varchar\"}"), "column 'a'");
    refused(TABLES, columns("{\"name\":\"a\",\"type\":\"list<text>\"}"), "column 'a'");
    refused(TABLES, columns("{\"name\":\"a\",\"tipe\":\"int\"}"), "'columns[0].tipe'");
    refused(
        TABLES,
        columns("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}"),
        "a");
    refused(TABLES, columns("{\"name\":\"_offset\",\"type\":\"int\"}"), "_offset");
    assertThat(gateway.get(TABLES).body()).isEqualTo("{\"tables\":[]}\n");
  }

  @Test
  void optionsOfATableAreAlteredAndResetByNull() throws Exception {
    gateway.createOrders("{\"bucket.count\":2,\"log.retention\":\"2h\"}");
    String changes = "{\"options\":{\"bucket.count\":8,\"log.retention\":null}}";
    HttpResponse<String> altered = patch(changes);
    assertThat(altered.statusCode()).as(altered.body()).isEqualTo(200);
    assertThat(altered.body()).contains("\"bucketCount\":8").contains("\"log.retention\":\"1h\"");
    assertThat(gateway.get(TABLES + "/orders").body()).contains("\"bucketCount\":8");
    assertThat(patch(changes).statusCode()).isEqualTo(200);
    assertThat(gateway.send("POST", TABLES + "/orders/rows?bucket=7", JSON, "{\"id\":1}").body())
        .contains("\"bucket\":7");

    for (String wrong :
        new String[] {
          "{\"options\":{\"bucket.count\":4}}",
          "{\"options\":{}}",
          "{}",
          "{\"option\":{}}",
          "{\"options\":{\"bucket.key\":\"id\"}}",
          "{\"options\":{\"bucket.count\":[8]}}"
        }) {
      assertThat(patch(wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(patch("{\"options\":{\"bucket.count\":4}}").body())
        .contains("can't be lowered, from 8 to 4")
        .contains("make another table with fewer buckets");
    assertThat(gateway.send("PATCH", TABLES + "/none", JSON, changes).statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> patch(String body) throws Exception {
    return gateway.send("PATCH", TABLES + "/orders", JSON, body);
  }

  @Test
  void statusHealthAndMetricsAnswer() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":1}\n{\"id\":2}");

    assertThat(gateway.get("/v1/status").body())
        .contains("\"table\":\"orders\"")
        .contains("\"rows\":2");
    assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
    assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_appended_rows_total{database=\"shop\",table=\"orders\"} 2.0")
        .contains("sluice_append_latency_seconds_bucket")
        .contains("sluice_requests_seconds_count");
  }

  @Test
  void aFlushThatNobodyCompactsSaysThatTheLakeIsBehind() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":1}");

    assertThat(gateway.send("POST", TABLES + "/orders/flush?timeoutMs=200", JSON, "").body())
        .contains("\"inLake\":false")
        .contains("\"watermark\":1");
  }

  @Test
  void theIcebergCatalogIsOnTheSamePort() throws Exception {
    gateway.createOrders("{}");

    assertThat(gateway.get("/iceberg/v1/namespaces/shop/tables").body())
        .contains("\"name\":\"orders\"");
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return gateway.send("POST", path, JSON, body);
  }

  private HttpResponse<String> delete(String path) throws Exception {
    return gateway.send("DELETE", path, JSON, "");
  }

  private void refused(String path, String body, String reason) throws Exception {
    HttpResponse<String> answer = post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(reason);
  }

  private static String columns(String columns) {
    return "{\"name\":\"t\",\"columns\":[" + columns + "]}";
  }
}
