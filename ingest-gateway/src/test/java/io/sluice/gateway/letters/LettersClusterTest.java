package io.sluice.gateway.letters;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.ClusterFixture;
import io.sluice.gateway.ClusterFixture.Node;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Letters of several gateways: their bucket belongs to one, the rows' to any. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class LettersClusterTest {

  private static final Schema COLUMNS =
      new Schema(NestedField.required(1, "id", Types.LongType.get()));

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void anyGatewayTakesLettersAndARetryThroughAnotherDoublesNone(@TempDir Path folder)
      throws Exception {
    try (ClusterFixture cluster = new ClusterFixture(folder, 3)) {
      TableName table =
          cluster.createTable(
              "t", COLUMNS, Map.of("invalid.rows", "dead-letter", "bucket.count", "8"));
      List<Node> nodes = cluster.nodes();
      for (int key = 0; key < 8; key++) {
        String first = post(nodes.get(key % 3), table, key);
        assertThat(first).contains("\"accepted\":2").contains("\"rows\":1,\"errors\"");
        assertThat(post(nodes.get((key + 1) % 3), table, key)).isEqualTo(first);
      }
      for (Node node : nodes) {
        assertThat(read(node, "t")).hasSize(16);
        assertThat(read(node, "t__dead_letter"))
            .as("one letter for each key")
            .hasSize(8)
            .allMatch(letter -> letter.contains("\"content\":\"bad\""));
      }
    }
  }

  private String post(Node node, TableName table, int key) throws Exception {
    HttpRequest request =
        request(node, table.table())
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", "key-" + key)
            .POST(HttpRequest.BodyPublishers.ofString("{\"id\":1}\nbad\n{\"id\":2}"))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  private List<String> read(Node node, String table) throws Exception {
    HttpResponse<String> answer = http.send(request(node, table).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().lines().toList();
  }

  private static HttpRequest.Builder request(Node node, String table) {
    String uri = "http://127.0.0.1:%d/v1/databases/db/tables/%s/rows".formatted(node.port(), table);
    return HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(30));
  }
}
