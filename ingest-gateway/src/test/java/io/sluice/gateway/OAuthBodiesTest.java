package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests for tokens, which anybody may send. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class OAuthBodiesTest {

  private static final int MOST_BODY_BYTES = 64 << 10;
  private static final int MOST_TOKEN_BYTES = 16 << 10;
  // Six bodies of rows may be held at once.
  private static final int REQUESTS = 6 * MOST_BODY_BYTES / MOST_TOKEN_BYTES;

  @Test
  void thoseThatNeverEndKeepNoRowsOut(@TempDir Path folder) throws Exception {
    List<Socket> unfinished = new ArrayList<>();
    try (GatewayFixture gateway =
        new GatewayFixture(
            folder,
            GatewayFixture.settings(
                GatewaySettings.DEFAULT.maxMessageBytes(),
                MOST_BODY_BYTES,
                GatewaySettings.DEFAULT.memoryBytes()))) {
      gateway.createTable(
          "t", new Schema(NestedField.required(1, "id", Types.LongType.get())), Map.of());
      for (int i = 0; i < REQUESTS; i++) {
        unfinished.add(begin(gateway.port()));
      }

      URI rows =
          URI.create("http://127.0.0.1:%d/v1/databases/db/tables/t/rows".formatted(gateway.port()));
      HttpRequest request =
          HttpRequest.newBuilder(rows)
              .timeout(Duration.ofSeconds(30))
              .header("Content-Type", "application/x-ndjson")
              .POST(HttpRequest.BodyPublishers.ofString("{\"id\":1}\n"))
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    } finally {
      for (Socket one : unfinished) {
        one.close();
      }
    }
  }

  /** Returns once the gateway waits for the body. */
  private static Socket begin(int port) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    String head =
        "POST /iceberg/v1/oauth/tokens HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\n"
            + "Content-Length: %d\r\n\r\n".formatted(MOST_TOKEN_BYTES);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    String line =
        new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    assertThat(line).startsWith("HTTP/1.1 100");
    return socket;
  }
}
