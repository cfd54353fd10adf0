package io.sluice.log.frame;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;

/** Writes the Arrow messages of record batches whose buffers stand one after the other. */
final class BatchMessage {

  /** Instead of a codec's number: the buffers are as they are. */
  static final byte UNCOMPRESSED = -1;

  private static final int ALIGNMENT = 8;

  /** More than a message takes around its nodes and buffers: a builder that grows copies. */
  private static final int AROUND_BYTES = 256;

  /** What a node takes, and what a buffer does. */
  private static final int STRUCT_BYTES = 16;

  /**
   * Returns the flatbuffer of a message.
   *
   * @param nodes of each column its length and its number of nulls, in turns
   * @param bufferBytes the length of each buffer in the body, without what aligns the next
   * @param codec how each buffer is compressed, or {@link #UNCOMPRESSED}
   */
  static ByteBuffer write(long rows, long[] nodes, long[] bufferBytes, byte codec) {
    long bodyBytes = bodyBytes(bufferBytes);
    FlatBufferBuilder to =
        new FlatBufferBuilder(
            AROUND_BYTES + STRUCT_BYTES * (nodes.length / 2 + bufferBytes.length));
    int compressionAt =
        codec == UNCOMPRESSED
            ? 0
            : BodyCompression.createBodyCompression(to, codec, BodyCompressionMethod.BUFFER);
    // Flatbuffers are written from their end.
    RecordBatch.startBuffersVector(to, bufferBytes.length);
    long at = bodyBytes;
    for (int i = bufferBytes.length - 1; i >= 0; i--) {
      at -= aligned(bufferBytes[i]);
      Buffer.createBuffer(to, at, bufferBytes[i]);
    }
    int buffersAt = to.endVector();
    RecordBatch.startNodesVector(to, nodes.length / 2);
    for (int i = nodes.length - 2; i >= 0; i -= 2) {
      FieldNode.createFieldNode(to, nodes[i], nodes[i + 1]);
    }
    int nodesAt = to.endVector();
    RecordBatch.startRecordBatch(to);
    RecordBatch.addLength(to, rows);
    RecordBatch.addNodes(to, nodesAt);
    RecordBatch.addBuffers(to, buffersAt);
    if (codec != UNCOMPRESSED) {
      RecordBatch.addCompression(to, compressionAt);
    }
    int batchAt = RecordBatch.endRecordBatch(to);
    Message.startMessage(to);
    Message.addVersion(to, MetadataVersion.V5);
    Message.addHeaderType(to, MessageHeader.RecordBatch);
    Message.addHeader(to, batchAt);
    Message.addBodyLength(to, bodyBytes);
    Message.finishMessageBuffer(to, Message.endMessage(to));
    return to.dataBuffer();
  }

  /** Returns the length of a body with such buffers. */
  static long bodyBytes(long[] bufferBytes) {
    long bodyBytes = 0;
    for (long bytes : bufferBytes) {
      bodyBytes += aligned(bytes);
    }
    return bodyBytes;
  }

  /** Returns how many bytes of a body a buffer takes. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private BatchMessage() {}
}
