package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.MessageLite;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcClientCall;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.arrow.flight.impl.Flight;
import org.jspecify.annotations.Nullable;

/** An action at another gateway: one JSON object in, one out. */
final class PeerAction implements GrpcClientCall.Output {

  private final GrpcClientCall call;
  private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
  private JsonNode result = Json.object();

  /**
   * @param open begins the call
   */
  PeerAction(Function<GrpcClientCall.Output, GrpcClientCall> open) {
    this.call = open.apply(this);
  }

  void ask(MessageLite message) {
    FlightPeers.ask(call, message);
  }

  CompletableFuture<JsonNode> answer() {
    return answer;
  }

  /** Breaks the call off. Any thread may call. */
  void fail(Problem why) {
    call.run(() -> call.fail(why));
  }

  @Override
  public void message(Buffer message) {
    try {
      byte[] body = Flight.Result.parseFrom(message.getBytes()).getBody().toByteArray();
      result = Json.MAPPER.readTree(body);
      call.fetch();
    } catch (IOException e) {
      call.fail(Problem.unavailable("another gateway can't be understood: " + e.getMessage()));
    }
  }

  @Override
  public void ended(@Nullable Problem failure) {
    if (failure == null) {
      answer.complete(result);
    } else {
      answer.completeExceptionally(new ProblemException(failure));
    }
  }
}
