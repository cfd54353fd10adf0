package io.sluice.gateway.flight;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Makes any call of Flight with any headers, and tells how it ended. */
final class RawFlight implements AutoCloseable {

  private static final int SECONDS = 30;

  private final ManagedChannel channel;

  RawFlight(int port) {
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  /**
   * How a call ended.
   *
   * @param headers of the answer
   */
  record Outcome(Status status, Metadata headers, List<byte[]> messages) {

    Status.Code code() {
      return status.getCode();
    }

    String header(String name) {
      return String.valueOf(headers.get(key(name)));
    }
  }

  /** Sends one message. */
  Outcome call(FlightMethod method, byte[] message, Map<String, String> headers) throws Exception {
    Metadata sent = new Metadata();
    headers.forEach((name, value) -> sent.put(key(name), value));
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(method.path().substring(1))
                .build(),
            CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS));
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          private final List<byte[]> messages = new ArrayList<>();
          private Metadata got = new Metadata();

          @Override
          public void onHeaders(Metadata answered) {
            got = answered;
          }

          @Override
          public void onMessage(byte[] answer) {
            messages.add(answer);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            outcome.complete(new Outcome(status, got, messages));
          }
        },
        sent);
    call.request(Integer.MAX_VALUE);
    call.sendMessage(message);
    call.halfClose();
    return outcome.get(SECONDS, TimeUnit.SECONDS);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
