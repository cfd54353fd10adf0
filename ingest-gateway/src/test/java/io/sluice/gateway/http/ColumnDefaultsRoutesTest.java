package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Columns that have a default, in rows that leave them out and in rows from before them. */
@Timeout(60)
class ColumnDefaultsRoutesTest {

  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String TABLE = "/v1/databases/shop/tables/orders";
  private static final String ROWS = TABLE + "/rows";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GatewayFixture gateway;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.send("POST", "/v1/databases", JSON, "{\"name\":\"shop\"}");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private HttpResponse<String> create(String version) throws Exception {
    return gateway.send(
        "POST",
        "/v1/databases/shop/tables",
        JSON,
        """
        {"name":"orders","options":{"format-version":"%s"},"columns":[
         {"name":"id","type":"int"},
         {"name":"qty","type":"int","required":true,"default":1},
         {"name":"state","type":"string","default":"new"}]}
        """
            .formatted(version));
  }

  @Test
  void rowsThatLeaveAColumnOutHaveItsDefault() throws Exception {
    assertThat(create("3").statusCode()).isEqualTo(201);
    assertThat(gateway.send("GET", TABLE, "", "").body())
        .contains("{\"name\":\"qty\",\"type\":\"int\",\"required\":true,\"default\":1}");
    post(NDJSON, "{\"id\":1}\n{\"id\":2,\"qty\":5,\"state\":null}\n{\"state\":\"sent\"}\n");
    post("text/csv", "id,state\n4,\n5,back\n");
    assertThat(rows())
        .containsExactly(
            "{\"id\":1,\"qty\":1,\"state\":\"new\"}",
            "{\"id\":2,\"qty\":5,\"state\":null}",
            "{\"id\":null,\"qty\":1,\"state\":\"sent\"}",
            "{\"id\":4,\"qty\":1,\"state\":null}",
            "{\"id\":5,\"qty\":1,\"state\":\"back\"}");
    HttpResponse<String> refused =
        gateway.send("POST", ROWS, NDJSON, "{\"id\":6}\n{\"id\":7,\"qty\":null}\n");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("row 2, column 'qty': the column is required, got null");
  }

  @Test
  void rowsFromBeforeHaveTheDefaultThatAColumnWasAddedWith() throws Exception {
    create("3");
    post(NDJSON, "{\"id\":1}\n");
    HttpResponse<String> altered =
        gateway.send(
            "PATCH",
            TABLE,
            JSON,
            """
            {"columns":[{"add":"tip","type":"decimal(5, 2)","default":"0.50"}]}
            """);
    assertThat(altered.statusCode()).as(altered.body()).isEqualTo(200);
    gateway.send(
        "PATCH",
        TABLE,
        JSON,
        """
        {"columns":[{"default":"tip","value":"0.75"},{"default":"state","value":"made"}]}
        """);
    post(NDJSON, "{\"id\":2}\n{\"id\":3,\"tip\":9}\n");
    assertThat(rows())
        .containsExactly(
            "{\"id\":1,\"qty\":1,\"state\":\"new\",\"tip\":\"0.50\"}",
            "{\"id\":2,\"qty\":1,\"state\":\"made\",\"tip\":\"0.75\"}",
            "{\"id\":3,\"qty\":1,\"state\":\"made\",\"tip\":\"9.00\"}");
  }

  @Test
  void whatCannotBeADefaultIsRefused() throws Exception {
    assertThat(create("2").body()).contains("needs the option format-version=3 of CREATE TABLE");
    HttpResponse<String> wrong =
        gateway.send(
            "POST",
            "/v1/databases/shop/tables",
            JSON,
            "{\"name\":\"t\",\"columns\":[{\"name\":\"n\",\"type\":\"int\",\"default\":\"x\"}]}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("column 'n': the default \\\"x\\\" is no value of type int");
  }

  private void post(String type, String body) throws Exception {
    HttpResponse<String> answer = gateway.send("POST", ROWS, type, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private List<String> rows() throws Exception {
    return Arrays.stream(gateway.send("GET", ROWS, "", "").body().split("\n"))
        .map(ColumnDefaultsRoutesTest::withoutSystemColumns)
        .toList();
  }

  private static String withoutSystemColumns(String row) {
    try {
      ObjectNode json = (ObjectNode) MAPPER.readTree(row);
      return json.remove(List.of("_bucket", "_offset", "_timestamp")).toString();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
