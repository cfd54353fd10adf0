package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;

/** Reads the Arrow message of a frame, and trusts none of it before it is checked. */
final class FrameMessage {

  /**
   * Returns the record batch of a frame whose schema has {@code columns} flat columns.
   *
   * @return a view of the frame's bytes; each node has the frame's rows, each buffer is in the body
   * @throws CorruptEntryException if it has anything else
   */
  static RecordBatch read(Frame frame, int columns) {
    try {
      ByteBuf bytes = frame.message();
      ByteBuffer view = bytes.nioBuffer(bytes.readerIndex(), bytes.readableBytes()).slice();
      Message message = Message.getRootAsMessage(view);
      if (message.headerType() != MessageHeader.RecordBatch
          || !(message.header(new RecordBatch()) instanceof RecordBatch batch)) {
        throw new CorruptEntryException("a frame's Arrow message isn't a record batch");
      }
      check(batch, frame, columns);
      return batch;
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new CorruptEntryException("a frame's Arrow message: " + e, e);
    }
  }

  /** Returns how the buffers are compressed, or {@link BatchMessage#UNCOMPRESSED}. */
  static byte codec(RecordBatch batch) {
    BodyCompression compression = batch.compression();
    return compression == null ? BatchMessage.UNCOMPRESSED : compression.codec();
  }

  private static void check(RecordBatch batch, Frame frame, int columns) {
    int rows = frame.header().rows();
    if (batch.length() != rows || batch.nodesLength() != columns) {
      throw new CorruptEntryException(
          "a frame of "
              + rows
              + " rows, read with a schema of "
              + columns
              + " columns, has a record batch of "
              + batch.length()
              + " rows and "
              + batch.nodesLength()
              + " columns");
    }
    BodyCompression compression = batch.compression();
    if (compression != null
        && (compression.method() != BodyCompressionMethod.BUFFER
            || (compression.codec() != CompressionType.LZ4_FRAME
                && compression.codec() != CompressionType.ZSTD))) {
      throw new CorruptEntryException(
          "a frame is compressed by method %d and codec %d, which this reader doesn't know"
              .formatted(compression.method(), compression.codec()));
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

  private FrameMessage() {}
}
