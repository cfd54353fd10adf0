package io.sluice.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a call's client hears when the one who serves it throws. */
@Timeout(60)
@SuppressWarnings("try") // close() may be interrupted
class GrpcCallTest {

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<String> cancelled = new CompletableFuture<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** Calls a service that does {@code served} at the first message. */
  private void call(Consumer<GrpcCall> served) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  GrpcCall call = GrpcCall.of(vertx, request, 1 << 20);
                  call.read(new Served(call, served));
                });
    server.listen().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    try (RootAllocator allocator = new RootAllocator();
        FlightClient client =
            FlightClient.builder(
                    allocator, Location.forGrpcInsecure("127.0.0.1", server.actualPort()))
                .build()) {
      client.doAction(new Action("x"), CallOptions.timeout(20, TimeUnit.SECONDS)).next();
    }
  }

  private final class Served implements GrpcCall.Input {

    private final GrpcCall call;
    private final Consumer<GrpcCall> served;

    Served(GrpcCall call, Consumer<GrpcCall> served) {
      this.call = call;
      this.served = served;
    }

    @Override
    public void message(Buffer message) {
      served.accept(call);
    }

    @Override
    public void end() {}

    @Override
    public void cancelled() {
      cancelled.complete("cancelled");
    }
  }

  @Test
  void memoryThatRunsOutIsAnAnswerThatSaysToTryAgain() throws Exception {
    assertThatThrownBy(
            () ->
                call(
                    call -> {
                      throw new OutOfMemoryError("no room, by design of this test");
                    }))
        .hasMessageContaining("[OVERLOADED]")
        .hasMessageContaining("no room, by design of this test")
        .hasMessageContaining("send it again later");
    assertThat(cancelled.get(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void aBugInALaterTaskIsAnAnswerToo() throws Exception {
    assertThatThrownBy(
            () ->
                call(
                    call ->
                        call.run(
                            () -> {
                              throw new IllegalStateException("a bug, by design of this test");
                            })))
        .hasMessageContaining("[INTERNAL]")
        .hasMessageContaining("a bug, by design of this test");
    assertThat(cancelled.get(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void aLongReasonIsCutToWhatHeadersHold() throws Exception {
    for (String character : List.of("€", "\"", "a", "\ud83d\ude00")) {
      assertThatThrownBy(
              () ->
                  call(
                      call -> {
                        throw new IllegalStateException(character.repeat(7_000));
                      }))
          .hasMessageContaining("[INTERNAL]")
          .hasMessageContaining(character.repeat(200))
          .hasMessageEndingWith(character + "...");
    }
  }
}
