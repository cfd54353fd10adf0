package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.sluice.client.SluiceException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory that runs out once, on any of a client's threads, leaves nobody waiting. */
@Timeout(60)
class OutOfMemoryTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final FailingOnce failing = new FailingOnce();

  @Test
  void appendsFailWhenTheWritersThreadRunsOutOfMemory() throws Exception {
    try (FakeGateway gateway = gateway();
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      failing.next("DoPut");
      assertFails(writer, writer.append(row(0)));
    }
  }

  @Test
  void appendsFailWhenTheAppendersThreadRunsOutOfMemory() throws Exception {
    try (FakeGateway gateway = gateway();
        SluiceClient client = connect(gateway);
        TableWriter writer = client.writer(TableWriterTest.NAME)) {
      // With a stream that is open and idle, the caller's own thread sends.
      writer.append(row(0)).get(20, TimeUnit.SECONDS);
      failing.next("DoPut");
      assertFails(writer, writer.append(row(1)));
    }
  }

  @Test
  void appendsFailWhenTheThreadThatAsksForOwnersRunsOutOfMemory() throws Exception {
    try (FakeGateway gateway = gateway();
        SluiceClient client = connect(gateway)) {
      TableDescription table = client.describe(TableWriterTest.NAME);
      failing.next("GetFlightInfo");
      try (TableWriter writer = client.writer(table, WriterSettings.create())) {
        assertFails(writer, writer.append(row(0)));
      }
    }
  }

  @Test
  void aReadFailsWhenItsThreadRunsOutOfMemory() throws Exception {
    try (FakeGateway gateway = gateway();
        SluiceClient client = connect(gateway)) {
      gateway.log().preload(0, LongStream.range(0, 10).boxed().toList());
      failing.next("DoGet");
      try (BucketReader reader = client.read(ReadSpec.range(TableWriterTest.NAME, 0, 0, 10))) {
        assertThatThrownBy(() -> reader.poll(LIMIT)).satisfies(OutOfMemoryTest::saysWhatToDo);
      }
    }
  }

  private static void assertFails(TableWriter writer, CompletableFuture<?> answer) {
    assertThatThrownBy(() -> answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .satisfies(thrown -> saysWhatToDo(TableWriter.failure(thrown)));
    assertThatThrownBy(writer::flush).satisfies(OutOfMemoryTest::saysWhatToDo);
    assertThatThrownBy(() -> writer.append(row(2))).satisfies(OutOfMemoryTest::saysWhatToDo);
  }

  private static void saysWhatToDo(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("out of memory (no direct memory, says the test)")
        .hasMessageContaining("-XX:MaxDirectMemorySize")
        .hasRootCauseInstanceOf(OutOfMemoryError.class);
    assertThat(((SluiceException) thrown).reason()).isEqualTo(Reason.INTERNAL);
  }

  private static List<Map<String, Object>> row(long value) {
    return List.of(Map.of(FakeGateway.COLUMN, value));
  }

  private static FakeGateway gateway() throws Exception {
    return new FakeGateway(TableWriterTest.table(1, List.of()), new Random(0), 0);
  }

  private SluiceClient connect(FakeGateway gateway) {
    return SluiceClient.connect(ClientSettings.of(gateway.endpoint()), failing);
  }

  /** Has the next message of a kind of call meet an error. */
  private static final class FailingOnce implements ClientInterceptor {
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile String method = "";

    void next(String name) {
      method = name;
      due.set(true);
    }

    @Override
    public <T, R> ClientCall<T, R> interceptCall(
        MethodDescriptor<T, R> called, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(called, options)) {
        @Override
        public void sendMessage(T message) {
          if (method.equals(called.getBareMethodName()) && due.getAndSet(false)) {
            throw new OutOfMemoryError("no direct memory, says the test");
          }
          super.sendMessage(message);
        }
      };
    }
  }
}
