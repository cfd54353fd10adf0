package io.sluice.client;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A message of a DoPut.
 *
 * @param descriptor what the call is about; empty but in the first message
 * @param header the flatbuffer of an Arrow IPC message
 * @param metadata what the gateway is told of it, JSON; may be empty
 * @param rows stay the caller's, who keeps them until the message is written; null if it has none
 */
record OutboundRows(
    ByteString descriptor,
    ByteBuffer header,
    ByteString metadata,
    @Nullable ArrowRecordBatch rows) {

  private static final byte[] PADDING = new byte[64];
  private static final int CHUNK = 64 << 10;
  private static final int MOST_TAG_BYTES = 5;

  /** Whoever sends has one. */
  private static final ThreadLocal<byte[]> CHUNKS = ThreadLocal.withInitial(() -> new byte[CHUNK]);

  /** Returns a call's first message. */
  static OutboundRows schema(ByteString descriptor, Schema schema) {
    ByteBuffer header = MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT);
    return new OutboundRows(descriptor, header, ByteString.EMPTY, null);
  }

  /** Returns a message of rows. */
  static OutboundRows rows(ArrowRecordBatch rows, String metadata) {
    ByteBuffer header = MessageSerializer.serializeMetadata(rows, IpcOption.DEFAULT);
    return new OutboundRows(ByteString.EMPTY, header, ByteString.copyFromUtf8(metadata), rows);
  }

  /** Returns its bytes on the wire; they are to be drained before the rows are released. */
  InputStream encode() {
    return new Encoded(this);
  }

  private int bodyBytes() {
    return rows == null ? 0 : Math.toIntExact(rows.computeBodyLength());
  }

  private int size() {
    int body = bodyBytes();
    return fieldBytes(FlightMessages.DESCRIPTOR, descriptor.size())
        + fieldBytes(FlightMessages.HEADER, header.remaining())
        + fieldBytes(FlightMessages.APP_METADATA, metadata.size())
        + fieldBytes(FlightMessages.BODY, body);
  }

  private void writeTo(OutputStream out) throws IOException {
    field(out, FlightMessages.DESCRIPTOR, descriptor);
    int bytes = header.remaining();
    begin(out, FlightMessages.HEADER, bytes);
    out.write(header.array(), header.arrayOffset() + header.position(), bytes);
    field(out, FlightMessages.APP_METADATA, metadata);
    if (rows != null) {
      writeBody(rows, out);
    }
  }

  private void writeBody(ArrowRecordBatch batch, OutputStream out) throws IOException {
    int bytes = bodyBytes();
    if (bytes == 0) {
      return;
    }
    begin(out, FlightMessages.BODY, bytes);
    List<ArrowBuf> buffers = batch.getBuffers();
    List<ArrowBuffer> places = batch.getBuffersLayout();
    long at = 0;
    for (int i = 0; i < buffers.size(); i++) {
      ArrowBuffer place = places.get(i);
      pad(out, place.getOffset() - at);
      copy(buffers.get(i), place.getSize(), out);
      at = place.getOffset() + place.getSize();
    }
    pad(out, bytes - at);
  }

  private static void copy(ArrowBuf from, long bytes, OutputStream out) throws IOException {
    byte[] chunk = CHUNKS.get();
    for (long at = 0; at < bytes; at += CHUNK) {
      int length = (int) Math.min(CHUNK, bytes - at);
      from.getBytes(at, chunk, 0, length);
      out.write(chunk, 0, length);
    }
  }

  private static void pad(OutputStream out, long bytes) throws IOException {
    if (bytes > 0) {
      out.write(PADDING, 0, Math.toIntExact(bytes));
    }
  }

  private static void field(OutputStream out, int field, ByteString bytes) throws IOException {
    if (!bytes.isEmpty()) {
      begin(out, field, bytes.size());
      bytes.writeTo(out);
    }
  }

  private static void begin(OutputStream out, int field, int length) throws IOException {
    byte[] prefix = new byte[2 * MOST_TAG_BYTES];
    int at = varint(prefix, 0, FlightMessages.tag(field));
    out.write(prefix, 0, varint(prefix, at, length));
  }

  private static int varint(byte[] to, int from, int value) {
    int at = from;
    int left = value;
    while ((left & ~0x7f) != 0) {
      to[at++] = (byte) ((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    to[at++] = (byte) left;
    return at;
  }

  private static int fieldBytes(int field, int length) {
    return length == 0 ? 0 : varintBytes(FlightMessages.tag(field)) + varintBytes(length) + length;
  }

  private static int varintBytes(int value) {
    return (31 - Integer.numberOfLeadingZeros(value | 1)) / 7 + 1;
  }

  /** gRPC drains a message into its own buffers, when it is handed over. */
  private static final class Encoded extends InputStream implements Drainable, KnownLength {
    private final OutboundRows message;
    private int left;

    Encoded(OutboundRows message) {
      this.message = message;
      this.left = message.size();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int drained = left;
      message.writeTo(target);
      left = 0;
      return drained;
    }

    @Override
    public int available() {
      return left;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("a message to a gateway is drained as a whole");
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return read();
    }
  }
}
