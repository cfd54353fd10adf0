package io.sluice.gateway.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.grpc.GrpcClientCall;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.jspecify.annotations.Nullable;

/** Sends bytes to a gateway as they are, over HTTP and as messages of a Flight call. */
@SuppressWarnings("try") // close() may be interrupted
final class WireClient implements AutoCloseable {

  private static final int SECONDS = 30;
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern HELD =
      Pattern.compile("^sluice_(arrow|http_body)_bytes .*$", Pattern.MULTILINE);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(SECONDS)).build();
  private final Vertx vertx = Vertx.vertx();
  private final io.vertx.core.http.HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  WireClient(int port) {
    this.port = port;
  }

  /**
   * What became of a call.
   *
   * @param rows number of rows that were acknowledged
   * @param status HTTP's, or the one of the same meaning
   * @param text what was said
   */
  record Answer(long rows, int status, String text) {}

  /** Posts a body of rows. */
  Answer post(String path, String contentType, String coding, byte[] body) throws Exception {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!coding.isEmpty()) {
      request.header("Content-Encoding", coding);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    JsonNode answer = MAPPER.readTree(response.body());
    return new Answer(rows(answer), response.statusCode(), answer.toString());
  }

  /** Returns what the gateway answers to a GET. */
  String get(String path) throws Exception {
    HttpResponse<String> response =
        http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /** Sends the messages of one DoPut. */
  Answer put(List<byte[]> messages) throws Exception {
    RequestOptions to =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.POST)
            .setURI("/arrow.flight.protocol.FlightService/DoPut");
    Results results = new Results();
    GrpcClientCall call = GrpcClientCall.open(vertx, http2, to, MOST_BYTES, results);
    call.run(
        () -> {
          results.call = call;
          messages.forEach(
              message -> call.write(GrpcCall.frame(message.length).appendBytes(message)));
          call.end();
        });
    return results.answer.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until the gateway holds nothing of any call: it may answer just before it lets go. */
  void awaitNothingHeld() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    String held;
    do {
      held = HELD.matcher(get("/metrics")).results().map(MatchResult::group).toList().toString();
      if (held.equals("[sluice_arrow_bytes 0.0, sluice_http_body_bytes 0.0]")) {
        return;
      }
    } while (System.nanoTime() < deadline);
    throw new AssertionError("a gateway at rest still has " + held);
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(SECONDS));
  }

  private static long rows(JsonNode answer) {
    long rows = 0;
    for (JsonNode result : answer.path("results")) {
      rows += result.get("rows").asLong();
    }
    return rows;
  }

  /** Counts the rows of a call's answers. All on the call's event loop, but for the last answer. */
  private static final class Results implements GrpcClientCall.Output {

    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private @Nullable GrpcClientCall call;
    private long rows;

    @Override
    public void message(Buffer message) {
      try {
        PutResult result = PutResult.parseFrom(message.getBytes());
        rows += rows(MAPPER.readTree(result.getAppMetadata().toByteArray()));
      } catch (IOException e) {
        answer.completeExceptionally(e);
      }
      if (call != null) {
        call.fetch();
      }
    }

    @Override
    public void ended(@Nullable Problem failure) {
      answer.complete(
          failure == null
              ? new Answer(rows, 200, "")
              : new Answer(rows, failure.httpStatus(), failure.grpcMessage()));
    }
  }
}
