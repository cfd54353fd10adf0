package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever writes is told of each buffer's end, however the client goes: its memory depends on it.
 */
@Timeout(60)
class UnreadAnswersTest {

  private static final int BUFFERS = 100;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<GrpcCall> served = new CompletableFuture<>();
  private final CompletableFuture<List<Future<Void>>> written = new CompletableFuture<>();
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void aClientThatResetsTheCallEndsAllWrites() throws Exception {
    HttpClientRequest request = callThatReadsNothing();
    await(request.reset());
    requireAllDone();
  }

  @Test
  void aConnectionThatBreaksEndsAllWrites() throws Exception {
    HttpClientRequest request = callThatReadsNothing();
    await(request.connection().close());
    requireAllDone();
  }

  @Test
  void aWriteAfterTheEndIsDone() throws Exception {
    HttpClientRequest request = callThatReadsNothing();
    await(request.reset());
    cancelled.get(20, TimeUnit.SECONDS);
    CompletableFuture<Future<Void>> late = new CompletableFuture<>();
    GrpcCall call = served.get(20, TimeUnit.SECONDS);
    call.run(() -> late.complete(call.writeFramed(Buffer.buffer("x"))));
    assertThat(late.get(20, TimeUnit.SECONDS).isComplete()).isTrue();
  }

  private void requireAllDone() throws Exception {
    for (Future<Void> write : written.get(20, TimeUnit.SECONDS)) {
      CompletableFuture<Boolean> done = new CompletableFuture<>();
      var unused = write.onComplete(result -> done.complete(true));
      assertThat(done.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Returns a call of which more was written than its window takes, so that some must wait. */
  private HttpClientRequest callThatReadsNothing() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  GrpcCall call = GrpcCall.of(vertx, request, 1_000);
                  call.read(new Served(call));
                });
    await(server.listen());
    HttpClientRequest request =
        await(
            client.request(
                new RequestOptions()
                    .setHost("127.0.0.1")
                    .setPort(server.actualPort())
                    .setMethod(HttpMethod.POST)
                    .setURI("/x/y")));
    var unused = request.response().onSuccess(response -> response.pause());
    request.putHeader("content-type", "application/grpc").setChunked(true);
    await(request.write(GrpcCall.frame(0)));
    List<Future<Void>> writes = written.get(20, TimeUnit.SECONDS);
    assertThat(writes).as("some wait").anyMatch(write -> !write.isComplete());
    return request;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private final class Served implements GrpcCall.Input {

    private final GrpcCall call;

    Served(GrpcCall call) {
      this.call = call;
    }

    @Override
    public void message(Buffer message) {
      List<Future<Void>> writes = new ArrayList<>();
      for (int i = 0; i < BUFFERS; i++) {
        writes.add(call.writeFramed(Buffer.buffer(new byte[BUFFER_BYTES])));
      }
      served.complete(call);
      written.complete(writes);
    }

    @Override
    public void end() {}

    @Override
    public void cancelled() {
      cancelled.complete(null);
    }
  }
}
