package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of which log a reader asks for rows when it was broken off. */
@Timeout(60)
class ReadIncarnationTest {

  private static final String LOG = "4f1f0f1e-0000-4000-8000-000000000001";
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("sluice-incarnation", Metadata.ASCII_STRING_MARSHALLER);

  private final List<String> asked = new CopyOnWriteArrayList<>();

  @Test
  void aReaderKeepsToTheLogThatItsFirstRowsAreOf() throws Exception {
    readAll(ReadSpec.range(TableWriterTest.NAME, 0, 0, 100).withPrefetchBytes(40));
    assertThat(asked).hasSizeGreaterThan(1);
    assertThat(asked.get(0)).isEqualTo("any");
    assertThat(asked.subList(1, asked.size())).containsOnly(LOG);
  }

  @Test
  void aReaderWhoseOffsetsAreOfOneLogAsksForThatFromTheFirst() throws Exception {
    readAll(
        ReadSpec.range(TableWriterTest.NAME, 0, 0, 100)
            .withIncarnation(UUID.fromString(LOG))
            .withColumns(List.of(FakeGateway.COLUMN))
            .withPrefetchBytes(40));
    assertThat(asked).containsOnly(LOG);
  }

  private void readAll(ReadSpec spec) throws Exception {
    // Every fourth message or so breaks the connection.
    try (FakeGateway gateway =
        new FakeGateway(TableWriterTest.table(1, List.of()), new Random(1), 0.2)) {
      gateway.log().preload(0, LongStream.range(0, 100).boxed().toList());
      ClientSettings usual = ClientSettings.of(gateway.endpoint());
      ClientSettings settings =
          new ClientSettings(
              usual.endpoints(),
              usual.callTimeout(),
              Duration.ofSeconds(30),
              Duration.ofMillis(1),
              Duration.ofMillis(5));
      try (SluiceClient client = SluiceClient.connect(settings, new Headers());
          BucketReader reader = client.read(spec)) {
        Optional<ReadBatch> next = reader.next();
        while (next.isPresent()) {
          next.get().close();
          next = reader.next();
        }
        assertThat(reader.position()).isEqualTo(100);
      }
    }
  }

  /** Notes what reads ask for, and answers as a gateway does. */
  private final class Headers implements ClientInterceptor {

    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      ClientCall<A, B> call = next.newCall(method, options);
      if (!method.getFullMethodName().endsWith("/DoGet")) {
        return call;
      }
      return new SimpleForwardingClientCall<A, B>(call) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          String wanted = headers.get(HEADER);
          asked.add(wanted == null ? "any" : wanted);
          super.start(
              new SimpleForwardingClientCallListener<B>(listener) {
                @Override
                public void onHeaders(Metadata answered) {
                  answered.put(HEADER, LOG);
                  super.onHeaders(answered);
                }
              },
              headers);
        }
      };
    }
  }
}
