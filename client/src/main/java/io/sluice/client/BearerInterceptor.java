package io.sluice.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds the token to each call. A file is looked at once a second at most. Thread-safe. */
final class BearerInterceptor implements ClientInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(BearerInterceptor.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Credentials credentials;
  private String header = "";
  private long readNanos = System.nanoTime() - VALID_NANOS;

  BearerInterceptor(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public <T, R> ClientCall<T, R> interceptCall(
      MethodDescriptor<T, R> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        String value = header();
        if (!value.isEmpty()) {
          headers.put(AUTHORIZATION, value);
        }
        super.start(listener, headers);
      }
    };
  }

  private synchronized String header() {
    long now = System.nanoTime();
    if (now - readNanos >= VALID_NANOS) {
      readNanos = now;
      try {
        Optional<String> token = credentials.current();
        header = token.map(found -> "Bearer " + found).orElse("");
      } catch (IOException e) {
        // The gateway says that it needs one; a token that was read before may still be good.
        LOG.error("The token can't be read: {}", e.toString());
      }
    }
    return header;
  }
}
