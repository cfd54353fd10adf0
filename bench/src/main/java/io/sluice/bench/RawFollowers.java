package io.sluice.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.sluice.catalog.table.TableName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.flight.impl.Flight;

/**
 * Many followers of one bucket that do as little as can be done with what comes: it is the gateway
 * that is measured, on the same cores.
 */
final class RawFollowers implements AutoCloseable {

  /** A gateway takes 128 calls on a connection. */
  private static final int A_CHANNEL = 125;

  private static final byte[] OFFSET = "{\"offset\":".getBytes(US_ASCII);

  /** Told of each batch, on the connection's thread. */
  interface Arrival {
    void batch(int follower, long offset);
  }

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<ClientCall<byte[], Long>> calls = new ArrayList<>();

  /**
   * Begins to follow.
   *
   * @param failed told of a call that ended
   */
  RawFollowers(
      String gateway, TableName table, int followers, Arrival arrival, Consumer<Status> failed) {
    byte[] ticket =
        Flight.Ticket.newBuilder()
            .setTicket(
                com.google.protobuf.ByteString.copyFrom(
                    "{\"database\":\"%s\",\"table\":\"%s\",\"follow\":true}"
                        .formatted(table.database(), table.table()),
                    UTF_8))
            .build()
            .toByteArray();
    for (int follower = 0; follower < followers; follower++) {
      if (follower % A_CHANNEL == 0) {
        channels.add(
            NettyChannelBuilder.forTarget("dns:///" + gateway)
                .usePlaintext()
                .directExecutor()
                .build());
      }
      ManagedChannel channel = channels.get(channels.size() - 1);
      ClientCall<byte[], Long> call = channel.newCall(GET, CallOptions.DEFAULT);
      call.start(new Listener(call, follower, arrival, failed), new Metadata());
      call.request(1);
      call.sendMessage(ticket);
      call.halfClose();
      calls.add(call);
    }
  }

  /** Returns how many there are. */
  int count() {
    return calls.size();
  }

  @Override
  public void close() {
    calls.forEach(call -> call.cancel("enough", null));
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private static final class Listener extends ClientCall.Listener<Long> {

    private final ClientCall<byte[], Long> call;
    private final int follower;
    private final Arrival arrival;
    private final Consumer<Status> failed;

    private Listener(
        ClientCall<byte[], Long> call, int follower, Arrival arrival, Consumer<Status> failed) {
      this.call = call;
      this.follower = follower;
      this.arrival = arrival;
      this.failed = failed;
    }

    @Override
    public void onMessage(Long offset) {
      if (offset >= 0) {
        arrival.batch(follower, offset);
      }
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      failed.accept(status);
    }
  }

  private static final MethodDescriptor<byte[], Long> GET =
      MethodDescriptor.<byte[], Long>newBuilder()
          .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
          .setFullMethodName("arrow.flight.protocol.FlightService/DoGet")
          .setRequestMarshaller(new Plain())
          .setResponseMarshaller(new Offsets())
          .build();

  private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }

  /** Finds the offset in a message's app_metadata; -1 if it has none, as the schema. */
  private static final class Offsets implements MethodDescriptor.Marshaller<Long> {

    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[1 << 16]);

    @Override
    public InputStream stream(Long value) {
      throw new UnsupportedOperationException("answers are only read");
    }

    @Override
    public Long parse(InputStream stream) {
      try {
        byte[] buffer = buffers.get();
        int length = stream.readNBytes(buffer, 0, buffer.length);
        return offset(buffer, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long offset(byte[] bytes, int length) {
      for (int at = 0; at + OFFSET.length < length; at++) {
        int same = 0;
        while (same < OFFSET.length && bytes[at + same] == OFFSET[same]) {
          same++;
        }
        if (same == OFFSET.length) {
          long offset = 0;
          for (int i = at + same; i < length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            offset = 10 * offset + bytes[i] - '0';
          }
          return offset;
        }
      }
      return -1;
    }
  }
}
