package io.sluice.client;

import io.sluice.client.SluiceException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A message of a DoGet, as it came.
 *
 * @param header the flatbuffer of an Arrow IPC message; may be empty
 * @param metadata what the gateway says of it, JSON; may be empty
 * @param body owned; null if there is none
 */
record InboundRows(ByteBuffer header, String metadata, @Nullable ArrowBuf body)
    implements AutoCloseable {

  /** Returns the schema, or null if it isn't a message of one. */
  @Nullable Schema schema() {
    Message message = message();
    return message != null && message.headerType() == MessageHeader.Schema
        ? MessageSerializer.deserializeSchema(message)
        : null;
  }

  /** Returns the number of rows; 0 if it isn't a message of rows. */
  int rows() {
    Message message = message();
    return message != null && message.headerType() == MessageHeader.RecordBatch
        ? Math.toIntExact(((RecordBatch) message.header(new RecordBatch())).length())
        : 0;
  }

  /** Returns the bytes that it takes. */
  long bytes() {
    return header.remaining() + (body == null ? 0 : body.capacity());
  }

  /**
   * Accounts what it holds to another allocator; this isn't to be used any more, unless it fails.
   */
  InboundRows moveTo(BufferAllocator allocator) {
    ArrowBuf from = body;
    if (from == null) {
      return this;
    }
    ArrowBuf moved =
        from.getReferenceManager().transferOwnership(from, allocator).getTransferredBuffer();
    from.close();
    return new InboundRows(header, metadata, moved);
  }

  /** Returns the rows, for the caller to close, and releases this. */
  VectorSchemaRoot decode(Schema schema, BufferAllocator allocator) throws SluiceException {
    try (ArrowRecordBatch batch = batch(allocator)) {
      return load(batch, schema, allocator);
    } catch (IOException | RuntimeException e) {
      throw new SluiceException(
          Reason.INTERNAL, "rows came that can't be read, tell an operator: " + e.getMessage(), e);
    }
  }

  /** Returns the rows as Arrow has them in a message; the body is theirs then, or released. */
  private ArrowRecordBatch batch(BufferAllocator allocator) throws IOException {
    boolean whole = false;
    try {
      ArrowBuf buffers = body == null ? allocator.getEmpty() : body;
      ArrowRecordBatch batch = MessageSerializer.deserializeRecordBatch(message(), buffers);
      whole = true;
      return batch;
    } finally {
      if (!whole) {
        close();
      }
    }
  }

  private static VectorSchemaRoot load(
      ArrowRecordBatch batch, Schema schema, BufferAllocator allocator) {
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    boolean whole = false;
    try {
      new VectorLoader(root).load(batch);
      whole = true;
      return root;
    } finally {
      if (!whole) {
        root.close();
      }
    }
  }

  @Override
  public void close() {
    if (body != null) {
      body.close();
    }
  }

  private @Nullable Message message() {
    return header.hasRemaining() ? Message.getRootAsMessage(header.duplicate()) : null;
  }
}
