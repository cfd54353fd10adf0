package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** So many small messages at once that nothing of them may be kept on the stack. */
@Timeout(60)
class ManyMessagesTest {

  private static final int MESSAGES = 100_000;

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Integer> served = new CompletableFuture<>();
  private final CompletableFuture<Integer> answered = new CompletableFuture<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void theyAreTakenOneAfterTheOtherOnBothSides() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  GrpcCall call = GrpcCall.of(vertx, request, 1_000);
                  call.read(new Served(call));
                });
    server.listen().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    RequestOptions to =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(server.actualPort())
            .setMethod(HttpMethod.POST)
            .setURI("/x/y");
    Answered output = new Answered();
    GrpcClientCall call = GrpcClientCall.open(vertx, client, to, 1_000, output);
    call.run(
        () -> {
          output.call = call;
          call.write(messages());
          call.end();
        });
    assertThat(served.get(30, TimeUnit.SECONDS)).isEqualTo(MESSAGES);
    assertThat(answered.get(30, TimeUnit.SECONDS)).isEqualTo(MESSAGES);
  }

  /** Returns empty messages: a prefix each. */
  private static Buffer messages() {
    return Buffer.buffer(new byte[MESSAGES * GrpcCall.PREFIX_BYTES]);
  }

  private final class Served implements GrpcCall.Input {

    private final GrpcCall call;
    private int count;

    Served(GrpcCall call) {
      this.call = call;
    }

    @Override
    public void message(Buffer message) {
      count++;
      call.fetch();
    }

    @Override
    public void end() {
      served.complete(count);
      call.writeFramed(messages());
      call.end();
    }

    @Override
    public void cancelled() {
      served.complete(count);
    }
  }

  private final class Answered implements GrpcClientCall.Output {

    private final AtomicInteger count = new AtomicInteger();
    private @Nullable GrpcClientCall call;

    @Override
    public void message(Buffer message) {
      count.incrementAndGet();
      if (call != null) {
        call.fetch();
      }
    }

    @Override
    public void ended(@Nullable Problem failure) {
      answered.complete(count.get());
    }
  }
}
