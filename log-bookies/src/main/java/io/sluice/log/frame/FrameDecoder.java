package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Buffer;
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

/** Loads frames of one schema into Arrow vectors. One thread at a time. */
public final class FrameDecoder {

  private final Schema schema;
  private final BufferAllocator allocator;

  /**
   * @param schema the Arrow schema that belongs to the frames' schema id
   * @param allocator where the vectors' memory comes from
   */
  public FrameDecoder(Schema schema, BufferAllocator allocator) {
    this.schema = schema;
    this.allocator = allocator;
  }

  /**
   * Copies a frame's rows into new vectors.
   *
   * @param frame stays the caller's
   * @return for the caller to close
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public VectorSchemaRoot decode(Frame frame) {
    RecordBatch batch = recordBatch(frame);
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    try (ArrowRecordBatch loaded = load(batch, frame.body())) {
      new VectorLoader(root).load(loaded);
      return root;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      root.close();
      throw new CorruptEntryException("a frame's record batch: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /**
   * Copies some of a frame's rows into new vectors.
   *
   * @param frame stays the caller's
   * @param fromRow first row, at least 0
   * @param toRow one past the last row, more than {@code fromRow}
   * @return for the caller to close
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public VectorSchemaRoot decode(Frame frame, int fromRow, int toRow) {
    if (fromRow < 0 || toRow <= fromRow || toRow > frame.header().rows()) {
      throw new IllegalArgumentException(
          "[" + fromRow + ", " + toRow + ") of " + frame.header().rows() + " rows");
    }
    VectorSchemaRoot all = decode(frame);
    if (fromRow == 0 && toRow == frame.header().rows()) {
      return all;
    }
    try (all) {
      return all.slice(fromRow, toRow - fromRow);
    }
  }

  private RecordBatch recordBatch(Frame frame) {
    try {
      ByteBuf bytes = frame.message();
      ByteBuffer copy = ByteBuffer.allocate(bytes.readableBytes());
      bytes.readBytes(copy);
      Message message = Message.getRootAsMessage(copy.flip());
      if (message.headerType() != MessageHeader.RecordBatch
          || !(message.header(new RecordBatch()) instanceof RecordBatch batch)) {
        throw new CorruptEntryException("a frame's Arrow message isn't a record batch");
      }
      check(batch, frame);
      return batch;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new CorruptEntryException("a frame's Arrow message: " + e, e);
    }
  }

  private void check(RecordBatch batch, Frame frame) {
    int rows = frame.header().rows();
    int columns = schema.getFields().size();
    if (batch.length() != rows || batch.nodesLength() != columns || batch.compression() != null) {
      throw new CorruptEntryException(
          "a frame of "
              + rows
              + " rows, read with a schema of "
              + columns
              + " columns, has a record batch of "
              + batch.length()
              + " rows and "
              + batch.nodesLength()
              + " columns"
              + (batch.compression() == null ? "" : ", compressed"));
    }
    for (int i = 0; i < columns; i++) {
      if (batch.nodes(i).length() != rows || batch.nodes(i).nullCount() < 0) {
        throw new CorruptEntryException(
            "column " + i + " has " + batch.nodes(i).length() + " rows, its frame " + rows);
      }
    }
    long bodyBytes = frame.body().readableBytes();
    for (int i = 0; i < batch.buffersLength(); i++) {
      Buffer buffer = batch.buffers(i);
      if (buffer.offset() < 0
          || buffer.length() < 0
          || buffer.offset() > bodyBytes - buffer.length()) {
        throw new CorruptEntryException(
            "buffer "
                + i
                + " is at "
                + buffer.offset()
                + " +"
                + buffer.length()
                + " of a body of "
                + bodyBytes
                + " bytes");
      }
    }
  }

  private ArrowRecordBatch load(RecordBatch batch, ByteBuf bytes) throws IOException {
    int size = bytes.readableBytes();
    ArrowBuf body = allocator.buffer(size);
    try {
      if (size > 0) {
        bytes.readBytes(body.nioBuffer(0, size));
      }
      body.writerIndex(size);
      return MessageSerializer.deserializeRecordBatch(batch, body);
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }
}
