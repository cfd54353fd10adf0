package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GrpcClientCallTest {

  @Test
  void aCallOfAGatewayThatStopsIsToBeTriedElsewhere() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClient client = vertx.createHttpClient();
      client.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
      CompletableFuture<Problem> ended = new CompletableFuture<>();
      var unused =
          GrpcClientCall.open(
              vertx,
              client,
              new RequestOptions().setHost("127.0.0.1").setPort(9).setURI("/s/m"),
              1_000,
              new GrpcClientCall.Output() {
                @Override
                public void message(Buffer message) {}

                @Override
                public void ended(@Nullable Problem failure) {
                  ended.complete(failure);
                }
              });
      assertThat(ended.get(30, TimeUnit.SECONDS).grpcMessage()).startsWith("[UNAVAILABLE]");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  /** Its head goes with the first of them; sent by itself again it is an error in the log. */
  @Test
  void messagesThatWaitForTheConnectionAreSentWithTheHead() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      CompletableFuture<Throwable> unhandled = new CompletableFuture<>();
      CompletableFuture<Buffer> arrived = new CompletableFuture<>();
      vertx.exceptionHandler(unhandled::complete);
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(
                  request -> request.bodyHandler(arrived::complete).response().setChunked(true))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      GrpcClientCall call =
          GrpcClientCall.open(
              vertx,
              client,
              new RequestOptions()
                  .setMethod(HttpMethod.POST)
                  .setHost("127.0.0.1")
                  .setPort(server.actualPort())
                  .setURI("/s/m"),
              1_000,
              new GrpcClientCall.Output() {
                @Override
                public void message(Buffer message) {}

                @Override
                public void ended(@Nullable Problem failure) {}
              });
      call.run(() -> call.write(Buffer.buffer("one")));
      client
          .request(HttpMethod.POST, server.actualPort(), "127.0.0.1", "/later")
          .toCompletionStage()
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
      call.run(call::end);
      assertThat(arrived.get(30, TimeUnit.SECONDS)).hasToString("one");
      assertThat(unhandled).isNotDone();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }
}
