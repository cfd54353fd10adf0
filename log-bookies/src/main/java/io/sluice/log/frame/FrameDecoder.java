package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Loads frames of one schema into Arrow vectors. One thread at a time. */
public final class FrameDecoder {

  private final Schema schema;
  private final BatchLayout layout;
  private final BufferAllocator allocator;

  /**
   * @param schema the Arrow schema that belongs to the frames' schema id
   * @param allocator where the vectors' memory comes from
   */
  public FrameDecoder(Schema schema, BufferAllocator allocator) {
    this.schema = schema;
    this.layout = BatchLayout.of(schema);
    this.allocator = allocator;
  }

  /**
   * Copies a frame's rows into new vectors, inflated if they were compressed.
   *
   * @param frame stays the caller's
   * @return for the caller to close
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public VectorSchemaRoot decode(Frame frame) {
    RecordBatch batch = FrameMessage.read(frame, layout);
    VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
    try (ArrowRecordBatch loaded = load(batch, frame.body())) {
      BatchLoader.load(loaded, root);
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
      return slice(all, fromRow, toRow - fromRow);
    }
  }

  /** Keeps the schema: vectors don't know all of their own. */
  private VectorSchemaRoot slice(VectorSchemaRoot all, int from, int count) {
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (int i = 0; i < schema.getFields().size(); i++) {
        FieldVector part = schema.getFields().get(i).createVector(allocator);
        vectors.add(part);
        all.getVector(i).makeTransferPair(part).splitAndTransfer(from, count);
      }
      return new VectorSchemaRoot(schema, vectors, count);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      vectors.forEach(FieldVector::close);
      throw new CorruptEntryException("a frame's values: " + e.getMessage(), e);
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
      if (batch.compression() == null) {
        return MessageSerializer.deserializeRecordBatch(batch, body);
      }
      ArrowRecordBatch inflated = BodyInflater.inflate(batch, body, allocator);
      body.close();
      return inflated;
    } catch (IOException | RuntimeException e) {
      body.close();
      throw e;
    }
  }
}
