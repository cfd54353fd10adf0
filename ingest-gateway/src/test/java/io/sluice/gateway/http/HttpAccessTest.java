package io.sluice.gateway.http;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.GuardedGateway;
import io.sluice.gateway.auth.Permission;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each call of the HTTP API and of Iceberg's catalog is made by those alone that may. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class HttpAccessTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a token for another database may call: the answer has nothing of this one. */
  private static final Set<String> FOR_ALL = Set.of("GET /v1/databases", "GET /v1/status");

  private static final Set<String> ICEBERG_FOR_ALL = Set.of("GET /v1/{prefix}/namespaces");

  /** Bodies that name the database. */
  private static final Map<String, String> BODIES =
      Map.of(
          "POST /v1/databases",
          "{\"name\":\"db\"}",
          "POST /v1/{prefix}/namespaces",
          "{\"namespace\":[\"db\"],\"properties\":{}}",
          "POST /v1/{prefix}/tables/rename",
          "{\"source\":{\"namespace\":[\"db\"],\"name\":\"hidden\"},"
              + "\"destination\":{\"namespace\":[\"other\"],\"name\":\"mine\"}}",
          "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}",
          "{\"requirements\":[],\"updates\":[]}");

  @TempDir Path folder;
  private io.sluice.gateway.GatewayFixture gateway;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  @BeforeEach
  void start() throws Exception {
    Path lake = Files.createDirectory(folder.resolve("lake"));
    gateway =
        new io.sluice.gateway.GatewayFixture(
            lake, GatewaySettings.DEFAULT.with(GuardedGateway.settings(folder)));
    var unused =
        gateway.createTable("hidden", new Schema(required(1, "id", LongType.get())), Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return client.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> sendAs(String secret, String method, String path, String body)
      throws Exception {
    return send(method, path, body, "Authorization", "Bearer " + secret);
  }

  /** The calls of the HTTP API, from the routes themselves. */
  private static List<Operation> operations() {
    return RoutesOf.http();
  }

  /** Iceberg's calls, as the gateway announces them. */
  private List<String> icebergCalls() throws Exception {
    JsonNode config =
        JSON.readTree(sendAs(GuardedGateway.ADMIN, "GET", "/iceberg/v1/config", "").body());
    List<String> calls = new ArrayList<>();
    config.path("endpoints").forEach(one -> calls.add(one.asText()));
    assertThat(calls).hasSizeGreaterThan(10);
    return calls;
  }

  private static String path(String template) {
    return template
        .replace(":database", "db")
        .replace(":table", "hidden")
        .replace("/v1/{prefix}", "/iceberg/v1")
        .replace("{namespace}", "db")
        .replace("{table}", "hidden");
  }

  private void assertGuarded(String call, boolean forAll) throws Exception {
    String method = call.substring(0, call.indexOf(' '));
    String path = path(call.substring(method.length() + 1));
    String body = BODIES.getOrDefault(call, "");
    HttpResponse<String> without = send(method, path, body);
    assertThat(without.statusCode()).as(call).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate")).as(call).isPresent();
    if (!method.equals("HEAD")) {
      assertThat(without.body()).as(call).contains("needs a token").contains("--token-file");
    }
    assertThat(sendAs(GuardedGateway.WRONG, method, path, body).statusCode())
        .as(call)
        .isEqualTo(401);
    HttpResponse<String> stranger = sendAs(GuardedGateway.STRANGER, method, path, body);
    assertThat(stranger.statusCode()).as(call).isEqualTo(forAll ? 200 : 403);
    if (forAll) {
      assertThat(stranger.body()).as(call).doesNotContain("hidden").doesNotContain("\"db\"");
    } else if (!method.equals("HEAD")) {
      assertThat(stranger.body()).as(call).contains("'stranger'");
    }
  }

  @Test
  void eachCallNeedsAToken() throws Exception {
    int guarded = 0;
    for (Operation one : operations()) {
      String call = one.method() + " " + one.path();
      if (one.permission().equals(Permission.NONE)) {
        assertThat(one.path()).as(call).isIn(Guard.OPEN_PATHS);
        continue;
      }
      assertGuarded(call, FOR_ALL.contains(call));
      guarded++;
    }
    assertThat(guarded).isGreaterThan(10);
  }

  @Test
  void eachRouteIsAmongTheCalls() {
    List<String> calls = operations().stream().map(one -> one.method() + " " + one.path()).toList();
    assertThat(RoutesOf.routed()).containsExactlyInAnyOrderElementsOf(calls);
  }

  @Test
  void eachCallOfIcebergNeedsAToken() throws Exception {
    assertThat(send("GET", "/iceberg/v1/config", "").statusCode()).isEqualTo(401);
    for (String call : icebergCalls()) {
      assertGuarded(call, ICEBERG_FOR_ALL.contains(call));
    }
  }

  @Test
  void whatIsNotThereIsToldToNobodyElse() throws Exception {
    for (String path : List.of("/", "/v1/nothing", "/iceberg/v1/nothing", "/v1//databases")) {
      assertThat(send("GET", path, "").statusCode()).as(path).isEqualTo(401);
    }
    assertThat(send("GET", "/healthz", "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/readyz", "").statusCode()).isEqualTo(200);
  }

  @Test
  void scopesAreKept() throws Exception {
    String rows = path("/v1/databases/:database/tables/:table/rows");
    assertThat(status(GuardedGateway.READER, "GET", rows)).isEqualTo(200);
    assertThat(status(GuardedGateway.WRITER, "GET", rows)).isEqualTo(403);
    assertThat(status(GuardedGateway.READER, "POST", rows)).isEqualTo(403);
    HttpResponse<String> written =
        send(
            "POST",
            rows,
            "{\"id\":1}\n",
            "Authorization",
            "Bearer " + GuardedGateway.WRITER,
            "Content-Type",
            "application/x-ndjson");
    assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
    String table = path("/v1/databases/:database/tables/:table");
    assertThat(status(GuardedGateway.WRITER, "GET", table)).isEqualTo(200);
    assertThat(status(GuardedGateway.WRITER, "DELETE", table)).isEqualTo(403);
    assertThat(status(GuardedGateway.WRITER, "GET", "/metrics")).isEqualTo(403);
    assertThat(status(GuardedGateway.ADMIN, "GET", "/metrics")).isEqualTo(200);
    String lake = "/iceberg/v1/namespaces/db/tables/hidden";
    assertThat(status(GuardedGateway.READER, "GET", lake)).isEqualTo(200);
    assertThat(status(GuardedGateway.WRITER, "GET", lake)).isEqualTo(403);
    String schemaChange =
        "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"a\":\"b\"}}]}";
    assertThat(sendAs(GuardedGateway.WRITER, "POST", lake, schemaChange).statusCode())
        .isEqualTo(403);
  }

  /** Else a purge of the second name would delete the first one's files. */
  @Test
  void nobodyRegistersOrMakesTablesInFoldersOfDatabasesOfOthers() throws Exception {
    String made = create(GuardedGateway.ADMIN, "db", "theirs", "");
    String metadata = JSON.readTree(made).path("metadata-location").asText();
    String location = JSON.readTree(made).path("metadata").path("location").asText();
    assertThat(metadata).startsWith(location);
    assertThat(
            sendAs(GuardedGateway.ADMIN, "POST", "/v1/databases", "{\"name\":\"other\"}")
                .statusCode())
        .isEqualTo(201);

    HttpResponse<String> registered =
        sendAs(
            GuardedGateway.STRANGER,
            "POST",
            "/iceberg/v1/namespaces/other/register",
            "{\"name\":\"copy\",\"metadata-location\":\"" + metadata + "\"}");
    assertThat(registered.statusCode()).as(registered.body()).isEqualTo(403);
    assertThat(registered.body()).contains("ForbiddenException").contains("database db");
    assertThat(create(GuardedGateway.STRANGER, "other", "copy", location)).contains("403");
    create(GuardedGateway.STRANGER, "other", "own", "");
    String move =
        "{\"requirements\":[],\"updates\":[{\"action\":\"set-location\",\"location\":\"%s\"}]}";
    String own = "/iceberg/v1/namespaces/other/tables/own";
    assertThat(sendAs(GuardedGateway.STRANGER, "POST", own, move.formatted(location)).statusCode())
        .isEqualTo(403);
    assertThat(status(GuardedGateway.STRANGER, "DELETE", own + "?purgeRequested=true"))
        .isEqualTo(204);
    assertThat(status(GuardedGateway.ADMIN, "GET", "/iceberg/v1/namespaces/db/tables/theirs"))
        .isEqualTo(200);
  }

  private String create(String secret, String database, String name, String location)
      throws Exception {
    HttpResponse<String> answer =
        sendAs(
            secret,
            "POST",
            "/iceberg/v1/namespaces/" + database + "/tables",
            "{\"name\":\"%s\",%s\"schema\":{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"x\",\"required\":false,\"type\":\"long\"}]}}"
                .formatted(name, location.isEmpty() ? "" : "\"location\":\"" + location + "\","));
    assertThat(answer.statusCode()).as(answer.body()).isIn(location.isEmpty() ? 200 : 403);
    return answer.body();
  }

  /** Else the second caller's rows would pass for the first one's, and be dropped. */
  @Test
  void idempotencyKeysOfTwoCallersAreTwo() throws Exception {
    assertThat(offset(GuardedGateway.WRITER, "{\"id\":1}")).isEqualTo(0);
    assertThat(offset(GuardedGateway.ADMIN, "{\"id\":2}")).isEqualTo(1);
    assertThat(offset(GuardedGateway.WRITER, "{\"id\":1}")).isEqualTo(0);
  }

  private long offset(String secret, String row) throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/v1/databases/db/tables/hidden/rows?bucket=0",
            row,
            "Authorization",
            "Bearer " + secret,
            "Content-Type",
            "application/x-ndjson",
            "Idempotency-Key",
            "1");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("results").path(0).path("offset").asLong(-1);
  }

  private int status(String secret, String method, String path) throws Exception {
    return sendAs(secret, method, path, "").statusCode();
  }

  @Test
  void enginesGetATokenForNameAndSecret() throws Exception {
    HttpResponse<String> granted = token("reader", GuardedGateway.READER);
    assertThat(granted.statusCode()).as(granted.body()).isEqualTo(200);
    assertThat(JSON.readTree(granted.body()).path("access_token").asText())
        .isEqualTo(GuardedGateway.READER);
    HttpResponse<String> refused = token("reader", GuardedGateway.WRITER);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(refused.body()).path("error").asText()).isEqualTo("invalid_client");
  }

  private HttpResponse<String> token(String name, String secret) throws Exception {
    return send(
        "POST",
        IcebergRoutes.OAUTH_PATH,
        "grant_type=client_credentials&scope=catalog&client_id="
            + name
            + "&client_secret="
            + URLEncoder.encode(secret, StandardCharsets.UTF_8),
        "Content-Type",
        "application/x-www-form-urlencoded");
  }
}
