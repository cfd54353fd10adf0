package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow IPC messages as Flight carries them: the flatbuffer and the body apart. */
final class ArrowMessages {

  /** Returns the flatbuffer of a schema message. */
  static Buffer schema(Schema schema) {
    return buffer(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT));
  }

  /** Returns a schema as FlightInfo and GetSchema have it: an encapsulated IPC message. */
  static ByteString encapsulated(Schema schema) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(out)), schema);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteString.copyFrom(out.toByteArray());
  }

  /** Returns a message of rows, framed. */
  static Buffer rows(VectorSchemaRoot root, Buffer appMetadata) {
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      Buffer header = buffer(MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT));
      byte[] body = new byte[(int) batch.computeBodyLength()];
      List<ArrowBuf> buffers = batch.getBuffers();
      List<ArrowBuffer> layout = batch.getBuffersLayout();
      for (int i = 0; i < buffers.size(); i++) {
        ArrowBuffer place = layout.get(i);
        buffers.get(i).getBytes(0, body, (int) place.getOffset(), (int) place.getSize());
      }
      return FlightData.write(header, appMetadata, Buffer.buffer(body));
    }
  }

  /** Copies bytes that came into Arrow's memory; for the caller to close. */
  static ArrowBuf copy(Buffer from, BufferAllocator allocator) {
    ArrowBuf to = allocator.buffer(from.length());
    to.setBytes(0, nio(from));
    ArrowBuf exact = to.slice(0, from.length());
    exact.writerIndex(from.length());
    return exact;
  }

  /** Returns a view of bytes that came. */
  static ByteBuffer nio(Buffer from) {
    return ((BufferInternal) from).getByteBuf().nioBuffer();
  }

  static Buffer buffer(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Buffer.buffer(copy);
  }

  private ArrowMessages() {}
}
