package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sluice.client.SluiceException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** How much a read asks for ahead of its consumer, and how it ends. */
@Timeout(60)
class GetStreamTest {

  private static final Schema SCHEMA =
      new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));
  private static final int MESSAGE_BYTES = 100;

  private final Call call = new Call();
  private final Sink sink = new Sink();
  private final GetStream stream = GetStream.begin(call, null, sink);

  GetStreamTest() {
    // Whoever is to ask for more must be able to before the first rows come.
    assertThat(call.requested).isZero();
    stream.send(new byte[0]);
    assertThat(call.requested).isPositive();
  }

  @TestFactory
  Stream<DynamicTest> whatComesAheadStaysWithinItsBoundAndNeverStops() {
    return io.sluice.testing.Seeded.seeds(
        50,
        random -> {
          GetStreamTest one = new GetStreamTest();
          one.readAll(random);
        });
  }

  /** A consumer takes some now and then; what was asked for comes now and then. */
  private void readAll(Random random) {
    long bound = MESSAGE_BYTES * (long) random.nextInt(200);
    sink.bound = bound;
    arrive(schema());
    int taken = 0;
    while (taken < 1_000) {
      if (call.requested > 0 && random.nextInt(3) > 0) {
        arrive(rows());
      } else if (sink.held > 0) {
        int some = 1 + random.nextInt(sink.held);
        sink.held -= some;
        taken += some;
        stream.fetch(sink.room());
      } else {
        assertThat(call.requested).as("an empty reader waits for more").isPositive();
      }
      // The first is asked for before it is known how large messages are.
      assertThat((sink.held + call.requested) * (long) MESSAGE_BYTES)
          .isLessThanOrEqualTo(bound + 2 * MESSAGE_BYTES);
    }
  }

  @Test
  void smallMessagesAreAskedForManyAtOnce() {
    sink.bound = 1 << 20;
    arrive(schema());
    int asked = call.asked;
    for (int i = 0; i < 1_000; i++) {
      arrive(rows());
      sink.held = 0;
    }
    assertThat(call.asked - asked).isLessThan(50);
  }

  @Test
  void theEndOfACallIsItsGatewaysReason() throws Exception {
    arrive(schema());
    stream.onClose(Status.UNAVAILABLE.withDescription("[MOVED] to another"), new Metadata());
    assertThat(stream.awaitEnd())
        .hasMessageContaining("to another")
        .isInstanceOfSatisfying(
            SluiceException.class, why -> assertThat(why.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  @Test
  void aCallThatEndsWellHasNoFailure() throws Exception {
    stream.onClose(Status.OK, new Metadata());
    assertThat(stream.awaitEnd()).isNull();
  }

  @Test
  void rowsBeforeTheirSchemaEndTheCall() throws Exception {
    arrive(rows());
    assertThat(call.cancelled).contains("before their schema");
    stream.onClose(Status.CANCELLED, new Metadata());
    assertThat(stream.awaitEnd()).isNotNull().hasMessageContaining("before their schema");
  }

  @Test
  void aSinkThatFailsEndsTheCallWithItsOwnFailure() throws Exception {
    arrive(schema());
    sink.failure = new SluiceException(Reason.INTERNAL, "rows were left out");
    arrive(rows());
    assertThat(call.cancelled).contains("rows were left out");
    stream.onClose(Status.CANCELLED.withDescription("by the client"), new Metadata());
    assertThat(stream.awaitEnd()).isSameAs(sink.failure);
  }

  /** They are of columns that the reader doesn't have, and were on their way already. */
  @Test
  void rowsBehindASchemaThatCannotBeTakenGoNowhere() throws Exception {
    sink.refusal = new SluiceException(Reason.SCHEMA_CHANGED, "the columns changed");
    arrive(schema());
    assertThat(call.cancelled).contains("the columns changed");
    stream.onMessage(rows());
    stream.onMessage(rows());
    assertThat(sink.held).isZero();
    stream.onClose(Status.CANCELLED, new Metadata());
    assertThat(stream.awaitEnd()).isSameAs(sink.refusal);
  }

  private void arrive(InboundRows message) {
    assertThat(call.requested).as("what comes was asked for").isPositive();
    call.requested--;
    stream.onMessage(message);
  }

  private static InboundRows schema() {
    return new InboundRows(
        MessageSerializer.serializeMetadata(SCHEMA, IpcOption.DEFAULT), "", null);
  }

  private static InboundRows rows() {
    return new InboundRows(ByteBuffer.allocate(MESSAGE_BYTES), "", null);
  }

  private static final class Sink implements GetStream.Sink {
    @Override
    public void of(String incarnation) {}

    private long bound;
    private int held;
    private @Nullable SluiceException failure;
    private @Nullable SluiceException refusal;

    @Override
    public void opened(Schema schema) throws SluiceException {
      if (refusal != null) {
        throw refusal;
      }
    }

    @Override
    public void arrived(Schema schema, InboundRows rows) throws SluiceException {
      if (failure != null) {
        throw failure;
      }
      held++;
    }

    @Override
    public long room() {
      long room = bound - held * (long) MESSAGE_BYTES;
      return held == 0 ? Math.max(1, room) : room;
    }
  }

  /** Counts what is asked for. */
  private static final class Call extends ClientCall<byte[], InboundRows> {
    private final List<byte[]> sent = new ArrayList<>();
    private int requested;
    private int asked;
    private String cancelled = "";

    @Override
    public void start(Listener<InboundRows> listener, Metadata headers) {}

    @Override
    public void request(int messages) {
      requested += messages;
      asked++;
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      cancelled = String.valueOf(message);
    }

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(byte[] message) {
      sent.add(message);
    }
  }
}
