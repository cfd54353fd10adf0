package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Cuts columns out of the frames of one schema: their buffers are copied as they are, compressed or
 * not, nothing is decoded. Stateless and thread-safe.
 */
public final class ColumnCut {

  private final BatchLayout layout;

  /** Places of the columns' nodes among the frame's, and of their buffers. */
  private final int[] nodes;

  private final int[] buffers;

  /**
   * @param frames the Arrow schema of the frames
   * @param columns places of columns in it, in the order wanted; a nested one is cut out whole
   */
  public ColumnCut(Schema frames, int[] columns) {
    this.layout = BatchLayout.of(frames);
    this.nodes = layout.nodesOf(columns).toArray();
    this.buffers = layout.buffersOf(columns).toArray();
  }

  /**
   * Cuts a frame.
   *
   * @param frame stays the caller's
   * @return the same rows, of these columns; for the caller to release. Its header is the frame's
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public Frame cut(Frame frame) {
    RecordBatch batch = FrameMessage.read(frame, layout);
    ByteBuffer message = message(batch);
    int messageBytes = message.remaining();
    long bodyBytes = 0;
    for (int buffer : buffers) {
      bodyBytes += BatchMessage.aligned(batch.buffers(buffer).length());
    }
    int size = Math.toIntExact(messageBytes + bodyBytes);
    ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(size, size).writeBytes(message);
    ByteBuf body = frame.body();
    for (int i : buffers) {
      Buffer buffer = batch.buffers(i);
      int length = (int) buffer.length();
      bytes.writeBytes(body, body.readerIndex() + (int) buffer.offset(), length);
      bytes.writeZero((int) BatchMessage.aligned(length) - length);
    }
    return Frame.of(frame.header(), bytes, messageBytes);
  }

  private ByteBuffer message(RecordBatch batch) {
    long[] claims = new long[2 * nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      FieldNode node = batch.nodes(nodes[i]);
      claims[2 * i] = node.length();
      claims[2 * i + 1] = node.nullCount();
    }
    long[] bufferBytes = new long[buffers.length];
    for (int i = 0; i < buffers.length; i++) {
      bufferBytes[i] = batch.buffers(buffers[i]).length();
    }
    return BatchMessage.write(batch.length(), claims, bufferBytes, FrameMessage.codec(batch));
  }
}
