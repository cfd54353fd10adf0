package io.sluice.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Result;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/** One gRPC channel to a gateway. Thread-safe. */
final class Connection implements AutoCloseable {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  /** A gateway that drops packets must not hold up the next one to be tried for long. */
  private static final int CONNECT_TIMEOUT_MS = 5_000;

  private static final long RELEASE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long RELEASE_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ManagedChannel channel;
  private final BufferAllocator calls;
  private final FlightClient flight;
  private final FlightMethods methods;

  /**
   * @param tls how it is encrypted; null: it is in clear text
   * @param interceptors what each call goes through besides
   */
  Connection(
      Endpoint endpoint,
      BufferAllocator allocator,
      Credentials credentials,
      @Nullable ClientTls tls,
      List<ClientInterceptor> interceptors) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            // Nothing that is told of an answer blocks, so a thread of its own would only cost its
            // waking.
            .directExecutor()
            // What is to be sent again is decided here, by bucket; gRPC would keep messages for it.
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .intercept(interceptors)
            .intercept(new BearerInterceptor(credentials));
    this.channel = secured(builder, tls).build();
    var unused = ArrowCodecs.find();
    this.calls = allocator.newChildAllocator("sluice-calls", 0, Long.MAX_VALUE);
    this.flight = FlightGrpcUtils.createFlightClient(calls, channel);
    this.methods = FlightMethods.of(calls);
  }

  private static NettyChannelBuilder secured(NettyChannelBuilder builder, @Nullable ClientTls tls) {
    if (tls == null) {
      return builder.usePlaintext();
    }
    try {
      // The JDK's own, as it alone is wherever this runs.
      return builder.sslContext(
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .keyManager(tls.keys())
              .trustManager(tls.trust())
              .sessionTimeout(ClientTls.SESSION_SECONDS)
              .build());
    } catch (SSLException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  ManagedChannel channel() {
    return channel;
  }

  FlightMethods methods() {
    return methods;
  }

  /** Forgets the channel's own pause after a failure: the pauses between tries are the caller's. */
  void connectNow() {
    channel.resetConnectBackoff();
  }

  /** Returns whether the channel is connected; if it isn't, it begins to connect. */
  boolean isConnected() {
    return channel.getState(true) == ConnectivityState.READY;
  }

  /** Calls an action whose answer is one JSON object, once. */
  JsonNode call(String action, JsonNode body, Duration timeout) throws SluiceException {
    CallOption deadline = CallOptions.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    Iterator<Result> results = flight.doAction(new Action(action, bytes), deadline);
    JsonNode answer = null;
    while (results.hasNext()) {
      byte[] result = results.next().getBody();
      if (answer == null) {
        answer = parse(action, new String(result, StandardCharsets.UTF_8));
      }
    }
    return answer == null ? JsonNodeFactory.instance.objectNode() : answer;
  }

  static JsonNode parse(String what, String text) throws SluiceException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new SluiceException(
          Reason.INTERNAL, what + " answered something that isn't JSON: " + text, e);
    }
  }

  /** Asks for a table's buckets and their owners, once. */
  FlightInfo info(TableName table, Duration timeout) {
    FlightDescriptor descriptor = FlightDescriptor.path(table.database(), table.table());
    return flight.getInfo(
        descriptor, CallOptions.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Breaks off whatever is under way. */
  @Override
  public void close() {
    channel.shutdownNow();
    awaitReleased();
    try {
      flight.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.close();
  }

  /**
   * An answer's buffer is released by the thread that brought it only after it was told of: closing
   * the allocator meanwhile would call it leaked.
   */
  private void awaitReleased() {
    long deadline = System.nanoTime() + RELEASE_LIMIT_NANOS;
    while (calls.getAllocatedMemory() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(RELEASE_POLL_NANOS);
    }
  }
}
