package io.sluice.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.GatewayFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway beside one of a version that tells no level. */
@Timeout(60)
class OlderGatewayTest {

  private static final String OLD = MetadataPaths.gateway("gateway-old");
  private static final String ENTRY = "{\"host\":\"10.0.0.2\",\"port\":9470}";
  private static final String TABLES = "/v1/databases/db/tables";
  private static final String COMPRESSED =
      "{\"name\":\"c\",\"columns\":[{\"name\":\"id\",\"type\":\"long\"}],"
          + "\"options\":{\"log.compression\":\"zstd\"}}";
  private static final String RAISE = "{\"options\":{\"bucket.count\":8}}";

  private static final Schema COLUMNS = new Schema(required(1, "id", LongType.get()));

  private final HttpClient http = HttpClient.newHttpClient();
  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createTable("t", COLUMNS, Map.of());
    gateway.metadata().create(OLD, ENTRY.getBytes(UTF_8)).join();
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  @Test
  void whatItWouldNotUnderstandIsRefusedByItsNameUntilItIsGone() throws Exception {
    for (HttpResponse<String> refused :
        List.of(send("POST", TABLES, COMPRESSED), send("PATCH", TABLES + "/t", RAISE))) {
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
      assertThat(refused.body())
          .contains("\"OLDER_GATEWAY\"")
          .contains("but gateway 10.0.0.2:9470 (gateway-old) has level 1: finish the upgrade");
    }
    gateway.metadata().delete(OLD, -1).join();
    assertThat(send("POST", TABLES, COMPRESSED).statusCode()).isEqualTo(201);
    assertThat(send("PATCH", TABLES + "/t", RAISE).statusCode()).isEqualTo(200);
  }

  @Test
  void aRowIsNotAtFaultIfItsDeadLettersWaitForTheUpgrade() throws Exception {
    gateway.metadata().delete(OLD, -1).join();
    gateway.createTable(
        "l", COLUMNS, Map.of("invalid.rows", "dead-letter", "log.compression", "lz4"));
    gateway.catalog().dropTable(new TableName("db", "l__dead_letter"), false, false);
    gateway.metadata().create(OLD, ENTRY.getBytes(UTF_8)).join();
    HttpResponse<String> answer = send("POST", TABLES + "/l/rows", "{\"id\":\"none\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body())
        .contains("the dead letters of db.l can't be written: log.compression=lz4")
        .contains("(gateway-old) has level 1");
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + gateway.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }
}
