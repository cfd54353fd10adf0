package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that the Iceberg REST catalog of a gateway doesn't take, however they are sent. */
@Timeout(120)
class IcebergBodiesTest {

  private static final String JSON = "application/json";
  private static final String TABLES = "/iceberg/v1/namespaces/shop/tables";

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "no JSON",
        "{\"requirements\":[],\"updates\":[{\"action\":\"launch-rockets\"}]}",
        "{\"requirements\":[{\"type\":\"assert-nothing\"}],\"updates\":[]}",
        "{\"requirements\":null,\"updates\":[{}]}",
        "{\"updates\":[{\"action\":\"add-snapshot\",\"snapshot\":{}}],\"requirements\":[]}",
        "{\"updates\":[{\"action\":\"set-properties\",\"updates\":7}],\"requirements\":[]}"
      })
  void aBodyThatIsNoUpdateIsRefused(String body) throws Exception {
    String before = gateway.get(TABLES + "/orders").body();

    HttpResponse<String> answer = gateway.send("POST", TABLES + "/orders", JSON, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("\"error\"").contains("\"code\":400");
    assertThat(gateway.get(TABLES + "/orders").body()).isEqualTo(before);
  }

  @Test
  void aSnapshotWithoutFilesIsRefused() throws Exception {
    String location =
        new JsonObject(gateway.get(TABLES + "/orders").body())
            .getJsonObject("metadata")
            .getString("location");

    assertSnapshotRefused(location + "/metadata/no-such-file.avro", 400, "can't be read by Sluice");
    assertSnapshotRefused(
        "file://" + folder + "/no/such/file.avro", 403, "must be below its table's location");
  }

  private void assertSnapshotRefused(String manifestList, int status, String why) throws Exception {
    String update =
        """
        {"requirements":[],"updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":5,
          "sequence-number":1,"timestamp-ms":4102444800000,"manifest-list":"%s",
          "summary":{"operation":"append"},"schema-id":0}}]}
        """;
    HttpResponse<String> answer =
        gateway.send("POST", TABLES + "/orders", JSON, update.formatted(manifestList));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(why);
  }

  @Test
  void bodiesAreBounded() throws Exception {
    byte[] large = new byte[9 << 20];
    Arrays.fill(large, (byte) ' ');
    HttpResponse<String> declared = gateway.send("POST", TABLES, JSON, large);
    assertThat(declared.statusCode()).isEqualTo(413);
    assertThat(declared.body()).contains("\"code\":413").contains("over 4194304 bytes");

    HttpResponse<String> streamed =
        gateway
            .client()
            .send(
                gateway
                    .request(TABLES)
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new Spaces(100 << 20)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(streamed.statusCode()).isEqualTo(413);
    assertThat(gateway.get("/metrics").body()).contains("sluice_http_body_bytes 0.0");
  }

  @Test
  void bodiesThatNeedMoreMemoryThanThereIsAreTakenLater() throws Exception {
    // Each is read, and needs sixteen times its bytes to be parsed.
    byte[] brackets = "[]".repeat(2 << 20).getBytes(StandardCharsets.UTF_8);
    List<Future<Integer>> answers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int i = 0; i < 8; i++) {
        answers.add(
            threads.submit(() -> gateway.send("POST", TABLES, JSON, brackets).statusCode()));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get(60, TimeUnit.SECONDS)).isIn(400, 429);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(gateway.send("POST", TABLES, JSON, "[]").statusCode()).isEqualTo(400);
    assertThat(gateway.get("/metrics").body()).contains("sluice_http_body_bytes 0.0");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 20_000, 1_000_000})
  void deepBodiesAreRefused(int levels) throws Exception {
    String nested = "{\"type\":\"list\",\"element-id\":1,\"element-required\":true,\"element\":";
    int repeats = Math.min(levels, 40_000);
    String type = nested.repeat(repeats) + "\"long\"" + "}".repeat(repeats);
    String columns =
        levels == 1_000_000
            ? "[".repeat(levels)
            : "{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"a\",\"required\":false,\"type\":"
                + type
                + "}]}";

    HttpResponse<String> answer =
        gateway.send("POST", TABLES, JSON, "{\"name\":\"deep\",\"schema\":" + columns + "}");

    if (levels > 400) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    } else {
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 400);
    }
    assertThat(gateway.get("/healthz").statusCode()).isEqualTo(200);
  }

  /** So many spaces. */
  private static final class Spaces extends InputStream {
    private int left;

    Spaces(int count) {
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? ' ' : -1;
    }

    @Override
    public int read(byte[] into, int from, int most) {
      int count = Math.min(left, most);
      Arrays.fill(into, from, from + count, (byte) ' ');
      left -= count;
      return count == 0 ? -1 : count;
    }
  }
}
