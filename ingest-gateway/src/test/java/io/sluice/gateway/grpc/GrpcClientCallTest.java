package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
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
}
