package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Columns that change over HTTP, and rows before and after. */
@Timeout(60)
class AlterColumnsRoutesTest {

  private static final String JSON = "application/json";
  private static final String TABLE = "/v1/databases/shop/tables/orders";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GatewayFixture gateway;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.send("POST", "/v1/databases", JSON, "{\"name\":\"shop\"}");
    String columns =
        "[{\"name\":\"id\",\"type\":\"int\"},{\"name\":\"qty\",\"type\":\"int\"},"
            + "{\"name\":\"note\",\"type\":\"string\"}]";
    gateway.send(
        "POST",
        "/v1/databases/shop/tables",
        JSON,
        "{\"name\":\"orders\",\"columns\":" + columns + "}");
    gateway.send("POST", ROWS, NDJSON, "{\"id\":1,\"qty\":2,\"note\":\"x\"}\n");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void rowsOfBeforeAndAfterHaveTheNewColumns() throws Exception {
    HttpResponse<String> altered =
        patch(
            """
            {"columns":[{"add":"tip","type":"double","first":true},{"rename":"qty","to":"count"},
             {"widen":"id","type":"long"},{"drop":"note"}]}
            """);
    assertThat(altered.statusCode()).isEqualTo(200);
    assertThat(MAPPER.readTree(altered.body()).path("columns").toString())
        .isEqualTo(
            "[{\"name\":\"tip\",\"type\":\"double\",\"required\":false},"
                + "{\"name\":\"id\",\"type\":\"long\",\"required\":false},"
                + "{\"name\":\"count\",\"type\":\"int\",\"required\":false}]");
    assertThat(
            gateway
                .send("POST", ROWS, NDJSON, "{\"id\":5000000000,\"count\":3,\"tip\":0.5}\n")
                .statusCode())
        .isEqualTo(200);
    String[] rows = gateway.send("GET", ROWS, "", "").body().split("\n", -1);
    assertThat(without(rows[0])).isEqualTo("{\"tip\":null,\"id\":1,\"count\":2}");
    assertThat(without(rows[1])).isEqualTo("{\"tip\":0.5,\"id\":5000000000,\"count\":3}");
    assertThat(gateway.send("POST", ROWS, NDJSON, "{\"id\":1,\"qty\":2}\n").body()).contains("qty");
  }

  private static String without(String row) throws Exception {
    JsonNode json = MAPPER.readTree(row);
    ((com.fasterxml.jackson.databind.node.ObjectNode) json)
        .remove(java.util.List.of("_bucket", "_offset", "_timestamp"));
    return json.toString();
  }

  @Test
  void whatIsNoChangeIsRefusedWithWhatIsRight() throws Exception {
    refused("{}", "a table is altered by 'options' or by 'columns', not by neither");
    refused("{\"columns\":[],\"options\":{}}", "not by both in one request");
    refused("{\"columns\":[]}", "no change of a column is named");
    refused("{\"columns\":{}}", "'columns' must be an array of changes");
    refused("{\"columns\":[{\"drop\":\"none\"}]}", "Cannot delete missing column: none");
    refused("{\"columns\":[{\"drop\":\"id\",\"to\":\"x\"}]}", "'to' is no field of 'drop'");
    refused("{\"columns\":[{\"widen\":\"note\",\"type\":\"varchar\"}]}", "varchar");
    refused(
        "{\"columns\":[{\"drop\":\"id\"},{\"drop\":\"qty\"},{\"drop\":\"note\"}]}",
        "a table has 1 to 5000 columns, not 0");
  }

  private void refused(String body, String message) throws Exception {
    HttpResponse<String> answer = patch(body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(MAPPER.readTree(answer.body()).path("error").path("message").asText())
        .contains(message);
  }

  private HttpResponse<String> patch(String body) throws Exception {
    return gateway.send("PATCH", TABLE, JSON, body);
  }
}
