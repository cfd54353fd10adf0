package io.sluice.log.frame;

import com.github.luben.zstd.ZstdDecompressCtx;
import io.sluice.catalog.codec.Lz4Frame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.jspecify.annotations.Nullable;

/** Inflates what {@link BodyCompressor} made, into one piece of memory. */
final class BodyInflater implements AutoCloseable {

  /** The most bytes that a body has, inflated: no larger one was ever compressed. */
  static final long MOST_BYTES = Lz4Frame.MOST_BYTES;

  private final ArrowBuf body;

  /** Serves all buffers, since making one takes longer than a small buffer does; null for LZ4. */
  private final @Nullable ZstdDecompressCtx zstd;

  private BodyInflater(byte codec, ArrowBuf body) {
    this.body = body;
    this.zstd = codec == CompressionType.ZSTD ? new ZstdDecompressCtx() : null;
  }

  /**
   * Inflates a record batch.
   *
   * @param batch a compressed one, checked by {@link FrameMessage}
   * @param body its buffers; stays the caller's
   * @return for the caller to close
   * @throws CorruptEntryException if a buffer isn't what it claims, or the batch too large
   */
  static ArrowRecordBatch inflate(RecordBatch batch, ArrowBuf body, BufferAllocator allocator) {
    try (BodyInflater inflater = new BodyInflater(FrameMessage.codec(batch), body)) {
      return inflater.inflate(batch, allocator);
    }
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }

  private ArrowRecordBatch inflate(RecordBatch batch, BufferAllocator allocator) {
    int count = batch.buffersLength();
    long[] lengths = new long[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = inflatedLength(batch.buffers(i));
    }
    long size = BatchMessage.bodyBytes(lengths);
    if (size > MOST_BYTES) {
      throw new CorruptEntryException(
          "a frame inflates to %d bytes, more than %d".formatted(size, MOST_BYTES));
    }
    try (ArrowBuf inflated = allocator.buffer(size)) {
      List<ArrowBuf> buffers = new ArrayList<>(count);
      long at = 0;
      for (int i = 0; i < count; i++) {
        inflate(batch.buffers(i), inflated, at, lengths[i]);
        buffers.add(inflated.slice(at, lengths[i]));
        at += BatchMessage.aligned(lengths[i]);
      }
      return new ArrowRecordBatch((int) batch.length(), nodes(batch), buffers);
    }
  }

  private long inflatedLength(Buffer buffer) {
    if (buffer.length() == 0) {
      return 0;
    }
    if (buffer.length() < Long.BYTES) {
      throw new CorruptEntryException("a compressed buffer of " + buffer.length() + " bytes");
    }
    long claimed = body.getLong(buffer.offset());
    if (claimed == BodyCompressor.STORED) {
      return buffer.length() - Long.BYTES;
    }
    if (claimed < 0 || claimed > MOST_BYTES || (claimed == 0 && buffer.length() > Long.BYTES)) {
      throw new CorruptEntryException("a compressed buffer claims " + claimed + " bytes");
    }
    return claimed;
  }

  private void inflate(Buffer buffer, ArrowBuf to, long at, long length) {
    if (length == 0) {
      return;
    }
    long from = buffer.offset() + Long.BYTES;
    long size = buffer.length() - Long.BYTES;
    if (body.getLong(buffer.offset()) == BodyCompressor.STORED) {
      to.setBytes(at, body, from, size);
      return;
    }
    int inflated = inflate(body.nioBuffer(from, (int) size), to.nioBuffer(at, (int) length));
    if (inflated != length) {
      throw new CorruptEntryException(
          "a compressed buffer claims %d bytes, but has %d".formatted(length, inflated));
    }
  }

  private int inflate(ByteBuffer from, ByteBuffer to) {
    try {
      return zstd == null
          ? Lz4Frame.inflate(from, to)
          : zstd.decompressDirectByteBuffer(to, 0, to.limit(), from, 0, from.limit());
    } catch (RuntimeException e) {
      throw new CorruptEntryException("a buffer can't be inflated: " + e.getMessage(), e);
    }
  }

  private static List<ArrowFieldNode> nodes(RecordBatch batch) {
    List<ArrowFieldNode> nodes = new ArrayList<>(batch.nodesLength());
    for (int i = 0; i < batch.nodesLength(); i++) {
      FieldNode node = batch.nodes(i);
      nodes.add(new ArrowFieldNode(node.length(), node.nullCount()));
    }
    return nodes;
  }
}
