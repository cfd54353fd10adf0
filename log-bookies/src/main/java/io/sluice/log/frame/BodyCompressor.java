package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.catalog.table.TableOptions.LogCompression;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the bodies of record batches as the <a
 * href="https://arrow.apache.org/docs/format/Columnar.html#compression">Arrow format</a> says, so
 * that any Arrow reader inflates them: each buffer on its own, after its length. A buffer that
 * doesn't get an eighth smaller is stored as it is, and so is a body: inflating costs every reader
 * time. Thread-safe.
 */
final class BodyCompressor {

  /**
   * A record batch.
   *
   * @param message its flatbuffer; for the caller to release
   * @param body its buffers; for the caller to release
   */
  record Compressed(ByteBuf message, ByteBuf body) {}

  /** Instead of a buffer's length: it is stored as it is. */
  static final long STORED = -1;

  private static final int LEAST_BODY_BYTES = 512;
  private static final int LEAST_BUFFER_BYTES = 64;
  private static final int MOST_IDLE = 16;

  private final LogCompression compression;
  private final BlockingQueue<BufferCompressor> idle = new ArrayBlockingQueue<>(MOST_IDLE);

  BodyCompressor(LogCompression compression) {
    this.compression = compression;
  }

  /**
   * Compresses a batch.
   *
   * @param batch uncompressed; stays the caller's
   * @return null if it isn't worth it, or larger than what readers inflate
   */
  @Nullable Compressed compress(BatchBuffers batch) {
    long bodyBytes = batch.bodyBytes();
    if (bodyBytes < LEAST_BODY_BYTES || bodyBytes > BodyInflater.MOST_BYTES) {
      return null;
    }
    BufferCompressor free = idle.poll();
    BufferCompressor compressor = free == null ? BufferCompressor.of(compression) : free;
    int room = room(batch, compressor);
    ByteBuf scratch = ByteBufAllocator.DEFAULT.directBuffer(room, room);
    try {
      long[] lengths = new long[batch.buffers().size()];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = add(batch.buffers().get(i), compressor, scratch);
      }
      int size = scratch.readableBytes();
      if (!gains(bodyBytes, size)) {
        return null;
      }
      ByteBuf message =
          Unpooled.wrappedBuffer(
              BatchMessage.write(batch.rows(), batch.nodes(), lengths, compressor.codec()));
      // Held until it is durable and longer: it takes no more memory than it says.
      ByteBuf body = ByteBufAllocator.DEFAULT.directBuffer(size, size).writeBytes(scratch);
      return new Compressed(message, body);
    } finally {
      scratch.release();
      var unused = idle.offer(compressor);
    }
  }

  /** Returns room for all buffers as they are, and for the last while it is compressed. */
  private static int room(BatchBuffers batch, BufferCompressor compressor) {
    long all = 0;
    int largest = 0;
    for (ArrowBuf buffer : batch.buffers()) {
      int length = (int) buffer.readableBytes();
      all += BatchMessage.aligned(Long.BYTES + length);
      largest = Math.max(largest, length);
    }
    return Math.toIntExact(all + Long.BYTES + compressor.bound(largest));
  }

  /** Adds a buffer and what aligns the next; returns its length. */
  private static int add(ArrowBuf buffer, BufferCompressor compressor, ByteBuf to) {
    int length = (int) buffer.readableBytes();
    if (length == 0) {
      return 0;
    }
    var bytes = buffer.nioBuffer(buffer.readerIndex(), length);
    int at = to.writerIndex() + Long.BYTES;
    int written = length;
    if (length >= LEAST_BUFFER_BYTES) {
      written = compressor.compress(bytes.duplicate(), to.nioBuffer(at, compressor.bound(length)));
    }
    boolean smaller = gains(length, written);
    to.writeLongLE(smaller ? length : STORED);
    if (smaller) {
      to.writerIndex(at + written);
    } else {
      to.writeBytes(bytes);
    }
    int size = to.writerIndex() - at + Long.BYTES;
    to.writeZero((int) BatchMessage.aligned(size) - size);
    return size;
  }

  private static boolean gains(long before, long after) {
    return after <= before - before / 8 && after < before;
  }
}
