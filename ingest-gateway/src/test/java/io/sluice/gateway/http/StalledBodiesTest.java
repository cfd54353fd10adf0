package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that begin a body and then send nothing more. */
@Timeout(120)
class StalledBodiesTest {

  private static final int BODY_BYTES = 1_000;
  private static final int FIT = 3;
  private static final int SECONDS = 30;

  private final Vertx vertx = Vertx.vertx();
  private final ByteBudget budget = new ByteBudget(FIT * BODY_BYTES, Duration.ofSeconds(1));
  private int port;

  @BeforeEach
  void start() throws Exception {
    HttpServer server = vertx.createHttpServer().requestHandler(this::read);
    port = get(server.listen(0, "127.0.0.1")).actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    get(vertx.close());
  }

  private void read(HttpServerRequest request) {
    ByteBudget.Share share = budget.share();
    RequestBody.read(request, BODY_BYTES, share)
        .onComplete(
            body -> {
              share.close();
              Answers.json(request.response(), 200, body.length);
            },
            failure -> {
              share.close();
              Answers.failure(request.response(), failure);
            });
  }

  @Test
  void theirBytesAreGivenBackAndTheirConnectionsEnd() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < FIT; i++) {
        stalled.add(begin("POST / HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\nx"));
      }
      for (Socket one : stalled) {
        String answer = new String(one.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer)
            .startsWith("HTTP/1.1 408 ")
            .contains("\"REQUEST_TIMEOUT\"")
            .contains("no more of the body came for 1000 ms");
      }
      assertThat(budget.taken()).isZero();
      try (Socket next =
          begin(
              "POST / HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")) {
        String answer = new String(next.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("3\n");
      }
    } finally {
      for (Socket one : stalled) {
        one.close();
      }
    }
  }

  @Test
  void byHttp2TheConnectionGoesOnForOtherStreams() throws Exception {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    HttpClientRequest stalled = get(client.request(HttpMethod.POST, port, "127.0.0.1", "/"));
    stalled.setChunked(true);
    get(stalled.write("x"));
    assertThat(get(stalled.response()).statusCode()).isEqualTo(408);

    HttpClientRequest next = get(client.request(HttpMethod.POST, port, "127.0.0.1", "/"));
    assertThat(next.connection()).isSameAs(stalled.connection());
    assertThat(get(next.send("abc")).statusCode()).isEqualTo(200);
    assertThat(budget.taken()).isZero();
  }

  private Socket begin(String request) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
    OutputStream out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
