package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table whose bad rows go to its dead letters. */
@Timeout(120)
class DeadLetterRoutesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LETTERS = "/v1/databases/shop/tables/orders__dead_letter";
  private static final String MIXED = "{\"id\":1}\n{\"id\":\"x\"}\n{\"id\":3}\n{\"id\":null}";

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createOrders("{\"invalid.rows\":\"dead-letter\"}");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void goodRowsAreStoredAndBadOnesAreLetters() throws Exception {
    JsonNode answer = answer(200, gateway.post(MIXED));

    assertThat(answer.at("/results/0/rows").asInt()).isEqualTo(2);
    assertThat(answer.at("/accepted").asInt()).isEqualTo(2);
    assertThat(answer.at("/deadLetters/table").asText()).isEqualTo("shop.orders__dead_letter");
    assertThat(answer.at("/deadLetters/rows").asInt()).isEqualTo(2);
    assertThat(answer.at("/deadLetters/errors/0/row").asInt()).isEqualTo(2);
    assertThat(answer.at("/deadLetters/errors/0/column").asText()).isEqualTo("id");
    assertThat(answer.at("/deadLetters/errors/1/reason").asText())
        .isEqualTo("the column is required, got null");
    assertThat(ids()).containsExactly(1, 3);
    assertThat(letters())
        .extracting(letter -> letter.get("request_row") + letter.get("content").asText())
        .containsExactly("2{\"id\":\"x\"}", "4{\"id\":null}");
    assertThat(gateway.get("/metrics").body())
        .contains("sluice_dead_letters_total{database=\"shop\",table=\"orders\"} 2.0");
  }

  @Test
  void aRequestOfGoodRowsHasNoLettersAndOneOfBadRowsHasOnlyThem() throws Exception {
    assertThat(answer(200, gateway.post("{\"id\":1}")).at("/deadLetters/rows").asInt(-1)).isZero();
    JsonNode bad = answer(200, gateway.post("nonsense"));

    assertThat(bad.at("/results")).isEmpty();
    assertThat(bad.at("/accepted").asInt(-1)).isZero();
    assertThat(bad.at("/deadLetters/rows").asInt()).isEqualTo(1);
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void theTypeOfTheBodyIsKept() throws Exception {
    gateway.send("POST", ROWS, "text/csv", "item,id\ntea,x\n");
    gateway.send("POST", ROWS, "application/json", "[{\"id\":\"x\"}]");

    assertThat(letters())
        .extracting(letter -> letter.get("content_type").asText())
        .containsExactly("text/csv", "application/json");
    assertThat(letters().get(0).get("csv_header").asText()).isEqualTo("item,id");
  }

  @Test
  void aRetryDoublesNeitherRowsNorLetters() throws Exception {
    JsonNode first = answer(200, gateway.post(MIXED, "Idempotency-Key", "k"));
    gateway.post("{\"id\":9}\n{\"id\":\"y\"}");

    assertThat(answer(200, gateway.post(MIXED, "Idempotency-Key", "k"))).isEqualTo(first);
    assertThat(ids()).containsExactly(1, 3, 9);
    assertThat(letters()).hasSize(3);
  }

  @Test
  void aRetryAfterOnlyTheLettersWereStoredStoresTheRows() throws Exception {
    // Leaves what a gateway leaves that stops between the two.
    gateway.post("{\"id\":\"x\"}\n{\"id\":null}", "Idempotency-Key", "k");
    assertThat(ids()).isEmpty();

    JsonNode retried = answer(200, gateway.post(MIXED, "Idempotency-Key", "k"));

    assertThat(retried.at("/deadLetters/rows").asInt()).isEqualTo(2);
    assertThat(ids()).containsExactly(1, 3);
    assertThat(letters()).hasSize(2);
  }

  @Test
  void lettersThatWereDroppedAreMadeAgain() throws Exception {
    gateway.post(MIXED);
    assertThat(gateway.send("DELETE", LETTERS, NDJSON, "").statusCode()).isEqualTo(200);

    answer(200, gateway.post("{\"id\":\"y\"}"));

    assertThat(letters()).hasSize(1);
  }

  @Test
  void nothingIsStoredWhereLettersCantBe() throws Exception {
    gateway.send("DELETE", LETTERS, NDJSON, "");
    String own =
        "{\"name\":\"orders__dead_letter\",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}]}";
    gateway.send("POST", "/v1/databases/shop/tables", "application/json", own);

    JsonNode refused = answer(409, gateway.post(MIXED));
    assertThat(refused.at("/error/message").asText())
        .contains("can't take the dead letters of shop.orders");
    assertThat(ids()).isEmpty();
    assertThat(gateway.get(LETTERS + "/rows").body()).isEmpty();

    answer(200, gateway.post("{\"id\":5}"));
    assertThat(ids()).containsExactly(5);
  }

  @Test
  void aBodyThatIsNoRowsIsStillRefused() throws Exception {
    answer(400, gateway.send("POST", ROWS, "application/json", "[{\"id\":\"x\"},{\"id\":2}"));
    answer(400, gateway.send("POST", ROWS, "text/csv", "nope\n1\n"));
    byte[] latin1 =
        "{\"id\":1}\n{\"id\":2,\"item\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1);
    answer(400, gateway.send("POST", ROWS, NDJSON, latin1));
    answer(400, gateway.send("POST", ROWS, NDJSON, MIXED, "Content-Encoding", "gzip"));

    assertThat(ids()).isEmpty();
    assertThat(letters()).isEmpty();
  }

  @Test
  void aRowTooLargeForTheLogIsALetterToo() throws Exception {
    String large = "{\"id\":2,\"item\":\"" + "x".repeat(2 << 20) + "\"}";

    JsonNode answer = answer(200, gateway.post("{\"id\":1}\n" + large + "\n{\"id\":3}"));

    assertThat(answer.at("/deadLetters/rows").asInt()).isEqualTo(1);
    assertThat(ids()).containsExactly(1, 3);
    assertThat(letters().get(0).get("content_bytes").asInt()).isEqualTo(large.length());
  }

  @Test
  void rowsThatTheBucketRefusesAreNamedByTheirPlaceInTheRequest() throws Exception {
    String keyed =
        "{\"name\":\"keyed\",\"columns\":[{\"name\":\"k\",\"type\":\"long\"}],\"options\":"
            + "{\"invalid.rows\":\"dead-letter\",\"bucket.count\":\"7\",\"bucket.key\":\"k\"}}";
    gateway.send("POST", "/v1/databases/shop/tables", "application/json", keyed);
    String path = "/v1/databases/shop/tables/keyed";
    String bucket =
        answer(200, gateway.send("POST", path + "/rows", NDJSON, "{\"k\":1}"))
            .at("/results/0/bucket")
            .asText();
    String others = "{\"k\":2}\n{\"k\":3}\n{\"k\":4}\n{\"k\":5}\n{\"k\":6}\n{\"k\":7}";

    JsonNode refused =
        answer(
            400,
            gateway.send(
                "POST", path + "/rows?bucket=" + bucket, NDJSON, "x\n{\"k\":1}\nx\n" + others));

    assertThat(refused.at("/error/rows/0/row").asInt()).isGreaterThanOrEqualTo(4);
    assertThat(gateway.get(path + "__dead_letter/rows").body()).isEmpty();
  }

  private List<Integer> ids() throws Exception {
    List<Integer> ids = new ArrayList<>();
    rows(ROWS).forEach(row -> ids.add(row.get("id").asInt()));
    return ids;
  }

  private List<JsonNode> letters() throws Exception {
    return rows(LETTERS + "/rows");
  }

  private List<JsonNode> rows(String path) throws Exception {
    HttpResponse<String> read = gateway.get(path);
    assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
    List<JsonNode> rows = new ArrayList<>();
    for (String line : read.body().lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static JsonNode answer(int status, HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }
}
