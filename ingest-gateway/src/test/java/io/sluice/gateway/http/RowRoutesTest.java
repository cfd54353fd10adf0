package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.NDJSON;
import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RowRoutesTest {

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createOrders("{}");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void rowsAreAnsweredWithTheirOffsetsAndReadBack() throws Exception {
    assertThat(gateway.post("{\"id\":1,\"item\":\"tea\"}\n{\"id\":2}\n").body())
        .contains("\"bucket\":0")
        .contains("\"offset\":0")
        .contains("\"rows\":2");
    assertThat(gateway.send("POST", ROWS, "application/json", "[{\"id\":3}]").body())
        .contains("\"offset\":2");
    assertThat(gateway.send("POST", ROWS + "?null=NA", "text/csv", "id,item\n4,NA\n").body())
        .contains("\"offset\":3");

    List<String> rows = rows("");
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0))
        .startsWith("{\"id\":1,\"item\":\"tea\",\"_bucket\":0,\"_offset\":0,\"_timestamp\":\"2");
    assertThat(rows.get(3)).startsWith("{\"id\":4,\"item\":null,\"_bucket\":0,\"_offset\":3,");
    assertThat(rows("?offset=1&limit=2&columns=id"))
        .satisfiesExactly(
            r -> assertThat(r).startsWith("{\"id\":2,\"_bucket\":0,\"_offset\":1,"),
            r -> assertThat(r).startsWith("{\"id\":3,\"_bucket\":0,\"_offset\":2,"));
    assertThat(rows("?from=latest")).isEmpty();
    assertThat(rows("?time=2000-01-01T00:00:00Z")).hasSize(4);
  }

  @Test
  void noRowsAreWrittenForARequestWithoutRows() throws Exception {
    assertThat(gateway.post("").body()).isEqualTo("{\"results\":[]}\n");
    assertThat(rows("")).isEmpty();
  }

  @Test
  void compressedBodiesAreInflated() throws Exception {
    byte[] plain = "{\"id\":1}\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);

    assertThat(
            gateway
                .send("POST", ROWS, NDJSON, gzip(plain), "Content-Encoding", "gzip")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            gateway
                .send("POST", ROWS, NDJSON, Zstd.compress(plain), "Content-Encoding", "zstd")
                .statusCode())
        .isEqualTo(200);
    assertThat(rows("?columns=id")).hasSize(2_000);
  }

  @Test
  void bodiesOverTheLimitAreRefusedAlsoOnceInflated() throws Exception {
    byte[] large = " ".repeat(65 << 20).getBytes(StandardCharsets.UTF_8);

    assertThat(gateway.send("POST", ROWS, NDJSON, large).statusCode()).isEqualTo(413);
    for (String coding : List.of("gzip", "zstd")) {
      byte[] body = coding.equals("gzip") ? gzip(large) : Zstd.compress(large);
      HttpResponse<String> answer =
          gateway.send("POST", ROWS, NDJSON, body, "Content-Encoding", coding);
      assertThat(answer.statusCode()).as(coding).isEqualTo(413);
      assertThat(answer.body()).contains("split the rows over several requests");
    }
    assertThat(rows("")).isEmpty();
  }

  @Test
  void manyEmptyRowsThatWouldFillTheMemoryAreRefused() throws Exception {
    StringBuilder columns = new StringBuilder("{\"name\":\"wide\",\"columns\":[");
    for (int i = 0; i < 200; i++) {
      columns
          .append(i == 0 ? "" : ",")
          .append("{\"name\":\"c")
          .append(i)
          .append("\",\"type\":\"long\"}");
    }
    gateway.send("POST", "/v1/databases/shop/tables", "application/json", columns + "]}");
    String row = "{\"c0\":1,\"c199\":1}\n";

    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/databases/shop/tables/wide/rows",
            NDJSON,
            row.repeat((15 << 20) / row.length()));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
  }

  @Test
  void badBodiesAreRefusedWithTheirReasonAndNothingIsWritten() throws Exception {
    refused(
        400,
        "\"row\":2,\"column\":\"id\"",
        NDJSON,
        "{\"id\":1}\n{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_8));
    refused(
        400,
        "\"column\":\"nope\"",
        NDJSON,
        "{\"id\":1,\"nope\":1}".getBytes(StandardCharsets.UTF_8));
    refused(
        400,
        "out of the range of long",
        NDJSON,
        "{\"id\":9223372036854775808}".getBytes(StandardCharsets.UTF_8));
    refused(
        400, "the column is required", NDJSON, "{\"item\":\"a\"}".getBytes(StandardCharsets.UTF_8));
    refused(400, "invalid UTF-8", NDJSON, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    refused(
        400, "\"row\":0,\"column\":\"ID\"", "text/csv", "ID\n1\n".getBytes(StandardCharsets.UTF_8));
    refused(400, "BAD_MESSAGE", "application/vnd.apache.arrow.stream", new byte[] {1, 2, 3});
    refused(400, "BAD_MESSAGE", "application/vnd.apache.arrow.stream", new byte[0]);
    refused(
        415,
        "use application/x-ndjson",
        "text/plain",
        "{\"id\":1}".getBytes(StandardCharsets.UTF_8));
    refused(
        415,
        "the body must be UTF-8",
        NDJSON + "; charset=latin1",
        "{\"id\":1}".getBytes(StandardCharsets.UTF_8));
    refused(415, "Content-Encoding 'br'", NDJSON, new byte[1], "Content-Encoding", "br");
    refused(400, "not valid gzip", NDJSON, new byte[] {1, 2, 3}, "Content-Encoding", "gzip");
    refused(400, "not valid zstd", NDJSON, new byte[] {1, 2, 3}, "Content-Encoding", "zstd");
    refused(
        400, "Idempotency-Key must have", NDJSON, new byte[0], "Idempotency-Key", "k".repeat(201));
    byte[] cut = gzip("{\"id\":1}\n".repeat(99).getBytes(StandardCharsets.UTF_8));
    refused(
        400,
        "ends early",
        NDJSON,
        java.util.Arrays.copyOf(cut, cut.length - 9),
        "Content-Encoding",
        "gzip");

    assertThat(rows("")).isEmpty();
  }

  @Test
  void aRowTooLargeForTheLogIsRefused() throws Exception {
    HttpResponse<String> answer =
        gateway.post("{\"id\":1}\n{\"id\":2,\"item\":\"" + "x".repeat(5 << 20) + "\"}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
    assertThat(rows("")).isEmpty();
  }

  @Test
  void aBodyLargerThanAFrameIsWrittenWhole() throws Exception {
    String row = "{\"id\":7,\"item\":\"" + "x".repeat(1_000) + "\"}\n";

    HttpResponse<String> answer = gateway.post(row.repeat(10_000));

    assertThat(answer.body()).contains("\"rows\":10000");
    assertThat(rows("?columns=id")).hasSize(10_000);
  }

  @Test
  void aRequestSentAgainWithItsKeyIsNotWrittenTwice() throws Exception {
    String body = "{\"id\":1}\n{\"id\":2}\n";
    String first = gateway.post(body, "Idempotency-Key", "order-1").body();
    gateway.post("{\"id\":9}");

    assertThat(gateway.post(body, "Idempotency-Key", "order-1").body()).isEqualTo(first);
    assertThat(gateway.post(body, "Idempotency-Key", "order-2").body()).contains("\"offset\":3");
    assertThat(rows("")).hasSize(5);
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertThat(
            gateway
                .send("POST", "/v1/databases/shop/tables/none/rows", NDJSON, "{\"id\":1}")
                .statusCode())
        .isEqualTo(404);
    assertThat(gateway.get("/v1/databases/none/tables/orders/rows").statusCode()).isEqualTo(404);
    assertThat(gateway.get("/v1/databases/shop/tables/a%20b/rows").statusCode()).isEqualTo(400);
    assertThat(gateway.get(ROWS + "?bucket=1").statusCode()).isEqualTo(400);
    assertThat(gateway.get(ROWS + "?offset=5").statusCode()).isEqualTo(416);
    assertThat(gateway.get(ROWS + "?columns=nope").statusCode()).isEqualTo(400);
    assertThat(gateway.get(ROWS + "?ofset=5").body()).contains("unknown parameter 'ofset'");
    assertThat(gateway.get(ROWS, "Accept", "image/png").statusCode()).isEqualTo(406);
    assertThat(gateway.get("/v1/nothing").statusCode()).isEqualTo(404);
    assertThat(gateway.send("PUT", ROWS, NDJSON, "").statusCode()).isEqualTo(405);
  }

  private void refused(
      int status, String reason, String contentType, byte[] body, String... headers)
      throws Exception {
    HttpResponse<String> answer = gateway.send("POST", ROWS, contentType, body, headers);
    assertThat(answer.body()).contains("{\"error\":{\"code\":\"").contains(reason);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  private List<String> rows(String query) throws Exception {
    HttpResponse<String> answer = gateway.get(ROWS + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().lines().toList();
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
