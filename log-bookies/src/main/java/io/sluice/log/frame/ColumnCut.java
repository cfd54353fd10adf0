package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Cuts columns out of the frames of one schema: their buffers are copied as they are, compressed or
 * not, nothing is decoded. The buffers of a record batch stand in the order of its columns, as the
 * <a href="https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message">Arrow format</a>
 * says. Stateless and thread-safe.
 */
public final class ColumnCut {

  private final int[] columns;

  /** Places of their buffers among the frame's. */
  private final int[] buffers;

  private final int frameColumns;
  private final int frameBuffers;

  /**
   * @param frames the Arrow schema of the frames, of flat columns
   * @param columns places of columns in it, in the order wanted
   */
  public ColumnCut(Schema frames, int[] columns) {
    List<Field> fields = frames.getFields();
    // Of each column, its first buffer; one more closes the last.
    int[] firstBuffer = new int[fields.size() + 1];
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      if (!field.getChildren().isEmpty()) {
        throw new IllegalArgumentException("column " + field + " is nested");
      }
      firstBuffer[i + 1] = firstBuffer[i] + TypeLayout.getTypeBufferCount(field.getType());
    }
    this.columns = columns.clone();
    this.buffers =
        Arrays.stream(columns)
            .flatMap(column -> IntStream.range(firstBuffer[column], firstBuffer[column + 1]))
            .toArray();
    this.frameColumns = fields.size();
    this.frameBuffers = firstBuffer[frameColumns];
  }

  /**
   * Cuts a frame.
   *
   * @param frame stays the caller's
   * @return the same rows, of these columns; for the caller to release. Its header is the frame's
   * @throws CorruptEntryException if the frame isn't a record batch of the schema
   */
  public Frame cut(Frame frame) {
    RecordBatch batch = FrameMessage.read(frame, frameColumns);
    if (batch.buffersLength() != frameBuffers) {
      throw new CorruptEntryException(
          "a frame has %d buffers, its schema %d".formatted(batch.buffersLength(), frameBuffers));
    }
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
    long[] nodes = new long[2 * columns.length];
    for (int i = 0; i < columns.length; i++) {
      FieldNode node = batch.nodes(columns[i]);
      nodes[2 * i] = node.length();
      nodes[2 * i + 1] = node.nullCount();
    }
    long[] bufferBytes = new long[buffers.length];
    for (int i = 0; i < buffers.length; i++) {
      bufferBytes[i] = batch.buffers(buffers[i]).length();
    }
    return BatchMessage.write(batch.length(), nodes, bufferBytes, FrameMessage.codec(batch));
  }
}
