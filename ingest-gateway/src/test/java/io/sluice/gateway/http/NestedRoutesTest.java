package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Columns of nested types over HTTP, from CREATE to the rows read. */
@Timeout(60)
class NestedRoutesTest {

  private static final String JSON = "application/json";
  private static final String TABLES = "/v1/databases/shop/tables";
  private static final String TABLE = TABLES + "/orders";
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String COLUMNS =
      """
      [{"name": "id", "type": "long", "required": true},
       {"name": "stops", "type": "LIST<struct<gate:string not null,at: timestamptz>>"},
       {"name": "fares", "type": "map<string, decimal(9, 2)>", "comment": "by airport"},
       {"name": "place", "type": "struct<x: double, tags: list<string>>"}]
      """;

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

  @Test
  void aTableSaysItsTypesAsTheyAreWritten() throws Exception {
    create("{}");
    JsonNode table = MAPPER.readTree(gateway.get(TABLE).body());

    assertThat(table.path("columns").findValuesAsText("type"))
        .containsExactly(
            "long",
            "list<struct<gate: string not null, at: timestamptz>>",
            "map<string, decimal(9, 2)>",
            "struct<x: double, tags: list<string>>");
  }

  @Test
  void typesAndColumnsThatAreWrongAreRefused() throws Exception {
    refused("[{\"name\":\"a\",\"type\":\"list<int\"}]", "column 'a': ");
    refused("[{\"name\":\"a\",\"type\":\"struct<>\"}]", "'a'");
    refused("[{\"name\":\"a\",\"type\":\"struct<b: int, b: int>\"}]", "b");
    refused(
        "[{\"name\":\"a\",\"type\":\"struct<b: int>\"},{\"name\":\"a.b\",\"type\":\"int\"}]",
        "a.b");
    refused("[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]", "a");
  }

  private void refused(String columns, String message) throws Exception {
    HttpResponse<String> answer =
        gateway.send("POST", TABLES, JSON, "{\"name\":\"t\",\"columns\":" + columns + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(MAPPER.readTree(answer.body()).path("error").path("message").asText())
        .contains(message);
  }

  @Test
  void rowsAreReadAsTheyWereSent() throws Exception {
    create("{}");
    String one =
        "{\"id\":1,\"stops\":[{\"gate\":\"A1\",\"at\":\"2024-01-01T10:00:00Z\"},null],"
            + "\"fares\":{\"EWR\":\"1.50\",\"JFK\":null},\"place\":{\"x\":0.5,\"tags\":[\"a\"]}}";
    String two = "{\"id\":2,\"stops\":[],\"fares\":{},\"place\":{\"x\":null,\"tags\":null}}";
    String three = "{\"id\":3,\"stops\":null,\"fares\":null,\"place\":null}";
    accepted(NDJSON, one + "\n{\"place\":{},\"stops\":[],\"fares\":[],\"id\":2}\n{\"id\":3}");
    accepted(JSON, "[" + one + "," + two + "]");
    accepted(
        "text/csv",
        "stops,id,fares\n\"[{\"\"gate\"\":\"\"B\"\"}]\",4,\"{\"\"EWR\"\":2}\"\n[],5,\n");

    assertThat(rows("", 7))
        .containsExactly(
            one,
            two,
            three,
            one,
            two,
            "{\"id\":4,\"stops\":[{\"gate\":\"B\",\"at\":null}],\"fares\":{\"EWR\":\"2.00\"},"
                + "\"place\":null}",
            "{\"id\":5,\"stops\":[],\"fares\":null,\"place\":null}");
    assertThat(rows("?columns=place,id&limit=1", 1))
        .containsExactly("{\"place\":{\"x\":0.5,\"tags\":[\"a\"]},\"id\":1}");
    assertThat(rows("?follow=true&limit=2", 2)).containsExactly(one, two);
  }

  @Test
  void rowsGoToTheirBuckets() throws Exception {
    create("{\"bucket.count\":\"4\",\"bucket.key\":\"id\"}");
    StringBuilder body = new StringBuilder();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String tags = "[" + "\"t\",".repeat(i % 3) + "\"" + i + "\"]";
      sent.add(
          "{\"id\":"
              + i
              + ",\"stops\":null,\"fares\":{\""
              + i
              + "\":null},\"place\":{\"x\":null,"
              + "\"tags\":"
              + tags
              + "}}");
      body.append(sent.get(i)).append('\n');
    }
    accepted(NDJSON, body.toString());

    assertThat(rows("", 50)).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void badRowsAreNamedByTheirPaths() throws Exception {
    create("{}");
    HttpResponse<String> answer =
        gateway.post(
            "{\"id\":1,\"stops\":[{\"gate\":\"A\"},{\"gate\":\"B\"},{\"gate\":3}]}\n"
                + "{\"id\":2,\"fares\":{\"EWR\":\"x\"}}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(answer.body()).path("error").path("rows").findValuesAsText("column"))
        .containsExactly("stops[2].gate", "fares[\"EWR\"]");
    assertThat(rows("", 0)).isEmpty();
  }

  @Test
  void badRowsAreLettersAsTheyCame() throws Exception {
    create("{\"invalid.rows\":\"dead-letter\"}");
    String bad = "{\"id\":2, \"place\":{\"tags\":[\"x\", 7]}}";
    accepted(NDJSON, "{\"id\":1,\"place\":{\"tags\":[]}}\n" + bad + "\n{\"id\":3}");

    assertThat(rows("?columns=id,place", 2))
        .containsExactly(
            "{\"id\":1,\"place\":{\"x\":null,\"tags\":[]}}", "{\"id\":3,\"place\":null}");
    JsonNode letter = MAPPER.readTree(gateway.get(TABLE + "__dead_letter/rows").body());
    assertThat(letter.path("content").asText()).isEqualTo(bad);
    assertThat(letter.path("column_name").asText()).isEqualTo("place.tags[1]");
  }

  @Test
  void fieldsWithinColumnsAreAddedRenamedAndDropped() throws Exception {
    create("{}");
    accepted(NDJSON, "{\"id\":1,\"stops\":[{\"gate\":\"A\"}],\"place\":{\"x\":1.0,\"tags\":[]}}");
    HttpResponse<String> altered =
        gateway.send(
            "PATCH",
            TABLE,
            JSON,
            """
            {"columns":[{"add":"stops.element.late","type":"boolean"}, {"drop":"place.tags"},
             {"rename":"place.x","to":"lon"}, {"add":"more","type":"map<int, list<long>>"},
             {"relax":"stops.element.gate"}]}
            """);
    assertThat(altered.statusCode()).as(altered.body()).isEqualTo(200);
    assertThat(MAPPER.readTree(altered.body()).path("columns").findValuesAsText("type"))
        .containsExactly(
            "long",
            "list<struct<gate: string, at: timestamptz, late: boolean>>",
            "map<string, decimal(9, 2)>",
            "struct<lon: double>",
            "map<int, list<long>>");
    accepted(
        NDJSON,
        "{\"id\":2,\"stops\":[{\"late\":true}],\"place\":{\"lon\":2},\"more\":{\"1\":[2]}}");

    assertThat(rows("", 2))
        .containsExactly(
            "{\"id\":1,\"stops\":[{\"gate\":\"A\",\"at\":null,\"late\":null}],\"fares\":null,"
                + "\"place\":{\"lon\":1.0},\"more\":null}",
            "{\"id\":2,\"stops\":[{\"gate\":null,\"at\":null,\"late\":true}],\"fares\":null,"
                + "\"place\":{\"lon\":2.0},\"more\":{\"1\":[2]}}");
  }

  private void create(String options) throws Exception {
    HttpResponse<String> made =
        gateway.send(
            "POST",
            TABLES,
            JSON,
            "{\"name\":\"orders\",\"columns\":" + COLUMNS + ",\"options\":" + options + "}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
  }

  private void accepted(String type, String body) throws Exception {
    HttpResponse<String> answer = gateway.send("POST", ROWS, type, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private List<String> rows(String query, int count) throws Exception {
    List<String> rows = new ArrayList<>();
    for (String line : gateway.get(ROWS + query).body().split("\n", -1)) {
      if (!line.isEmpty()) {
        ObjectNode row = (ObjectNode) MAPPER.readTree(line);
        assertThat(row.has("_error")).as(line).isFalse();
        rows.add(row.without(List.of("_bucket", "_offset", "_timestamp")).toString());
      }
    }
    assertThat(rows).hasSize(count);
    return rows;
  }
}
