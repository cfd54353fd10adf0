package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.testing.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What goes over the wire is what Flight's own definition says, and lies do no harm. */
class FlightMessagesTest {

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("n", new ArrowType.Int(64, true)),
              Field.nullable("text", new ArrowType.Utf8())));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeaked() {
    allocator.close();
  }

  @Test
  void aBatchIsWrittenAsFlightReadsIt() throws Exception {
    FlightData data = FlightData.parseFrom(encoded(1_000, "{\"bucket\":3}"));
    assertThat(data.getAppMetadata().toStringUtf8()).isEqualTo("{\"bucket\":3}");
    assertThat(data.getDataHeader().size()).isPositive();
    assertThat(data.getDataBody().size() % 8).isZero();
    assertThat(data.hasFlightDescriptor()).isFalse();
  }

  @Test
  void aFirstMessageHasTheDescriptorAndTheSchema() throws Exception {
    FlightDescriptor descriptor =
        FlightDescriptor.newBuilder()
            .setType(FlightDescriptor.DescriptorType.PATH)
            .addPath("db")
            .addPath("a table with a long name, so that its length takes two bytes: ".repeat(9))
            .build();
    byte[] wire = drained(OutboundRows.schema(descriptor.toByteString(), SCHEMA));
    assertThat(FlightData.parseFrom(wire).getFlightDescriptor()).isEqualTo(descriptor);
    try (InboundRows read = FlightMessages.rows(new ByteArrayInputStream(wire), allocator)) {
      assertThat(read.schema()).isEqualTo(SCHEMA);
      assertThat(read.rows()).isZero();
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrittenIsRead() {
    return Stream.of(0, 1, 7, 100_000)
        .map(rows -> DynamicTest.dynamicTest(rows + " rows", () -> roundTrip(rows)));
  }

  private void roundTrip(int rows) throws Exception {
    byte[] wire = encoded(rows, "{}");
    InboundRows read = FlightMessages.rows(new ByteArrayInputStream(wire), allocator);
    assertThat(read.rows()).isEqualTo(rows);
    assertThat(read.metadata()).isEqualTo("{}");
    try (VectorSchemaRoot expected = filled(rows);
        VectorSchemaRoot decoded = read.moveTo(allocator).decode(SCHEMA, allocator)) {
      assertThat(decoded.equals(expected)).isTrue();
    }
  }

  @Test
  void anAnswerAndATicketAreAsFlightHasThem() throws Exception {
    byte[] answer =
        PutResult.newBuilder()
            .setAppMetadata(ByteString.copyFromUtf8("{\"ä\":1}"))
            .build()
            .toByteArray();
    assertThat(FlightMessages.result(new ByteArrayInputStream(answer)))
        .isEqualTo("{\"ä\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(FlightMessages.result(new ByteArrayInputStream(new byte[0]))).isEmpty();
    byte[] ticket = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(Ticket.parseFrom(FlightMethods.ticket(ticket)).getTicket().toByteArray())
        .isEqualTo(ticket);
  }

  @Test
  void fieldsThatAreNotKnownAreSkipped() throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    wire.write(new byte[] {(9 << 3), (byte) 0x96, 1});
    wire.write(new byte[] {(10 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8});
    wire.write(new byte[] {(11 << 3) | 5, 1, 2, 3, 4});
    wire.write(new byte[] {(12 << 3) | 2, 2, 1, 2});
    wire.write(encoded(5, "{}"));
    try (InboundRows read =
        FlightMessages.rows(new ByteArrayInputStream(wire.toByteArray()), allocator)) {
      assertThat(read.rows()).isEqualTo(5);
    }
  }

  @Test
  void aLengthThatLiesReservesNothing() {
    byte[] wire = {(byte) 0xc2, 0x3e, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 1};
    assertThatThrownBy(() -> FlightMessages.rows(new ByteArrayInputStream(wire), allocator))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("2147483647 bytes");
    assertThat(allocator.getPeakMemoryAllocation()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> damagedMessagesFailAndLeakNothing() {
    return Seeded.seeds(200, this::damage);
  }

  private void damage(Random random) throws Exception {
    byte[] wire = encoded(1 + random.nextInt(20), "{}");
    if (random.nextBoolean()) {
      wire = Arrays.copyOf(wire, random.nextInt(wire.length));
    } else {
      // The first bytes are lengths and the flatbuffer, which says where all else is.
      for (int i = 0; i < 3; i++) {
        wire[random.nextInt(Math.min(wire.length, 200))] = (byte) random.nextInt();
      }
    }
    try {
      InboundRows read = FlightMessages.rows(new ByteArrayInputStream(wire), allocator);
      read.decode(SCHEMA, allocator).close();
    } catch (IOException | SluiceException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
    assertThat(allocator.getAllocatedMemory()).isZero();
  }

  private byte[] encoded(int rows, String metadata) throws IOException {
    try (VectorSchemaRoot root = filled(rows);
        ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      return drained(OutboundRows.rows(batch, metadata));
    }
  }

  private static byte[] drained(OutboundRows message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var in = message.encode()) {
      int size = in.available();
      assertThat(((io.grpc.Drainable) in).drainTo(out)).isEqualTo(size);
      assertThat(in.available()).isZero();
      assertThat(out.size()).isEqualTo(size);
    }
    return out.toByteArray();
  }

  private VectorSchemaRoot filled(int rows) {
    VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator);
    BigIntVector numbers = (BigIntVector) root.getVector("n");
    VarCharVector texts = (VarCharVector) root.getVector("text");
    for (int row = 0; row < rows; row++) {
      numbers.setSafe(row, row);
      if (row % 3 == 0) {
        texts.setNull(row);
      } else {
        texts.setSafe(row, ("text " + row).getBytes(StandardCharsets.UTF_8));
      }
    }
    root.setRowCount(rows);
    return root;
  }
}
