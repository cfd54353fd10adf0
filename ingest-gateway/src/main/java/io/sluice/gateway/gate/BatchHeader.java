package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a record batch or dictionary batch message claims of its body; nothing of it is true yet.
 *
 * @param dictionary the dictionary that it brings, or null if it brings rows
 * @param rows number of rows
 * @param nodes length and null count of each field, in turns
 * @param buffers offset and length of each buffer, in turns
 * @param variadicCounts number of data buffers of each view column
 * @param codec how each buffer is compressed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and read in hot loops
record BatchHeader(
    @Nullable Long dictionary,
    long rows,
    long[] nodes,
    long[] buffers,
    long[] variadicCounts,
    Codec codec) {

  /** How buffers are compressed. */
  enum Codec {
    NONE,
    LZ4_FRAME,
    ZSTD
  }

  /**
   * Reads a message.
   *
   * @param message the flatbuffer
   * @param bodyBytes size of the body that came with it
   */
  static BatchHeader read(ByteBuffer message, long bodyBytes) throws GateException {
    try {
      return read(Message.getRootAsMessage(message), message.remaining(), bodyBytes);
    } catch (RuntimeException e) {
      // Flatbuffers' generated code meets lies about offsets with exceptions of all kinds.
      throw new GateException(Code.BAD_MESSAGE, "the Arrow batch message is malformed: " + e);
    }
  }

  private static BatchHeader read(Message message, int messageBytes, long bodyBytes)
      throws GateException {
    if (message.version() < MetadataVersion.V4) {
      throw new GateException(
          Code.UNSUPPORTED, "Arrow metadata of version %d, before V4".formatted(message.version()));
    }
    if (message.bodyLength() != bodyBytes) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "the Arrow message claims a body of %d bytes, but %d came: the stream is cut or corrupt"
              .formatted(message.bodyLength(), bodyBytes));
    }
    if (message.headerType() == MessageHeader.RecordBatch
        && message.header(new RecordBatch()) instanceof RecordBatch rows) {
      return read(rows, null, messageBytes);
    }
    if (message.headerType() == MessageHeader.DictionaryBatch
        && message.header(new DictionaryBatch()) instanceof DictionaryBatch dictionary) {
      RecordBatch values = dictionary.data();
      if (dictionary.isDelta()) {
        throw new GateException(
            Code.UNSUPPORTED,
            "dictionary %d comes as a delta: send dictionaries whole".formatted(dictionary.id()));
      }
      if (values != null) {
        return read(values, dictionary.id(), messageBytes);
      }
    }
    throw new GateException(
        Code.BAD_MESSAGE,
        "an Arrow message of type %d where a record batch is due".formatted(message.headerType()));
  }

  private static BatchHeader read(RecordBatch batch, @Nullable Long dictionary, int messageBytes)
      throws GateException {
    long[] nodes = new long[2 * count(batch.nodesLength(), messageBytes)];
    FieldNode node = new FieldNode();
    for (int i = 0; i < nodes.length; i += 2) {
      batch.nodes(node, i / 2);
      nodes[i] = node.length();
      nodes[i + 1] = node.nullCount();
    }
    long[] buffers = new long[2 * count(batch.buffersLength(), messageBytes)];
    Buffer buffer = new Buffer();
    for (int i = 0; i < buffers.length; i += 2) {
      batch.buffers(buffer, i / 2);
      buffers[i] = buffer.offset();
      buffers[i + 1] = buffer.length();
    }
    long[] variadicCounts = new long[count(batch.variadicBufferCountsLength(), messageBytes)];
    for (int i = 0; i < variadicCounts.length; i++) {
      variadicCounts[i] = batch.variadicBufferCounts(i);
    }
    return new BatchHeader(
        dictionary, batch.length(), nodes, buffers, variadicCounts, codec(batch.compression()));
  }

  /** Returns a vector's length, unless the message is too small to have so many. */
  private static int count(int claimed, int messageBytes) throws GateException {
    if (claimed < 0 || claimed > messageBytes / Long.BYTES) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "an Arrow message of %d bytes claims a list of %d".formatted(messageBytes, claimed));
    }
    return claimed;
  }

  private static Codec codec(@Nullable BodyCompression compression) throws GateException {
    if (compression == null) {
      return Codec.NONE;
    }
    if (compression.method() == BodyCompressionMethod.BUFFER) {
      if (compression.codec() == CompressionType.LZ4_FRAME) {
        return Codec.LZ4_FRAME;
      } else if (compression.codec() == CompressionType.ZSTD) {
        return Codec.ZSTD;
      }
    }
    throw new GateException(
        Code.UNSUPPORTED,
        "Arrow compression codec %d, method %d: send LZ4, ZSTD or uncompressed"
            .formatted(compression.codec(), compression.method()));
  }
}
