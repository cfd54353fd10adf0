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

  /** All fields' values together have at least a bit each in a body, inflated. */
  private static final long MOST_VALUES = 8 * BodyInflater.MOST_BYTES;

  /**
   * Returns the record batch of a frame whose schema has a layout.
   *
   * @return a view of the frame's bytes; each column's node has the frame's rows, each field of a
   *     struct as many values as the struct, each buffer is in the body
   * @throws CorruptEntryException if it has anything else
   */
  static RecordBatch read(Frame frame, BatchLayout layout) {
    try {
      ByteBuf bytes = frame.message();
      ByteBuffer view = bytes.nioBuffer(bytes.readerIndex(), bytes.readableBytes()).slice();
      Message message = Message.getRootAsMessage(view);
      if (message.headerType() != MessageHeader.RecordBatch
          || !(message.header(new RecordBatch()) instanceof RecordBatch batch)) {
        throw new CorruptEntryException("a frame's Arrow message isn't a record batch");
      }
      check(batch, frame, layout);
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

  private static void check(RecordBatch batch, Frame frame, BatchLayout layout) {
    int rows = frame.header().rows();
    if (batch.length() != rows
        || batch.nodesLength() != layout.nodes()
        || batch.buffersLength() != layout.buffers()) {
      throw new CorruptEntryException(
          "a frame of %d rows, read with a schema of %d fields and %d buffers, has a record batch of"
                  .formatted(rows, layout.nodes(), layout.buffers())
              + " %d rows, %d fields and %d buffers"
                  .formatted(batch.length(), batch.nodesLength(), batch.buffersLength()));
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
    checkNodes(batch, layout);
    checkBuffers(batch, frame.body().readableBytes());
  }

  private static void checkNodes(RecordBatch batch, BatchLayout layout) {
    long values = 0;
    for (int i = 0; i < layout.nodes(); i++) {
      long length = batch.nodes(i).length();
      long nulls = batch.nodes(i).nullCount();
      int same = layout.sameLengthAs(i);
      long due =
          same == BatchLayout.BATCH
              ? batch.length()
              : same == BatchLayout.NONE ? length : batch.nodes(same).length();
      boolean fits = length >= 0 && length <= MOST_VALUES - values;
      if (length != due || !fits || nulls < 0 || nulls > length) {
        throw new CorruptEntryException(
            "field %d of a frame of %d rows claims %d values, %d of them null, where %d are due"
                .formatted(i, batch.length(), length, nulls, due));
      }
      values += length;
    }
  }

  private static void checkBuffers(RecordBatch batch, long bodyBytes) {
    for (int i = 0; i < batch.buffersLength(); i++) {
      Buffer buffer = batch.buffers(i);
      if (buffer.offset() < 0
          || buffer.length() < 0
          || buffer.offset() > bodyBytes - buffer.length()) {
        throw new CorruptEntryException(
            "buffer %d of a frame is at %d +%d of a body of %d bytes"
                .formatted(i, buffer.offset(), buffer.length(), bodyBytes));
      }
    }
  }

  private FrameMessage() {}
}
