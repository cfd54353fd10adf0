package io.sluice.gateway.gate;

import com.github.luben.zstd.Zstd;
import io.sluice.catalog.codec.Lz4Frame;
import io.sluice.gateway.gate.BatchHeader.Codec;
import io.sluice.gateway.gate.GateException.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/** Inflates the buffers of one batch, never to more than they claim nor than the batch may have. */
final class Inflater {

  private static final long UNCOMPRESSED = -1;
  private static final int CHUNK = 64 << 10;

  private final Codec codec;
  private final BufferAllocator allocator;
  private final long limitBytes;
  private long inflatedBytes;

  Inflater(Codec codec, BufferAllocator allocator, long limitBytes) {
    this.codec = codec;
    this.allocator = allocator;
    this.limitBytes = limitBytes;
  }

  /** Returns whether a buffer holds its bytes as they are, after its length. */
  static boolean isStored(ArrowBuf buffer) {
    return buffer.getLong(0) == UNCOMPRESSED;
  }

  /**
   * Inflates a buffer.
   *
   * @param buffer at least 8 bytes: its inflated length, then its compressed bytes
   * @return for the caller to release
   */
  ArrowBuf inflate(ArrowBuf buffer) throws GateException {
    long claimed = buffer.getLong(0);
    if (claimed < 0) {
      throw new GateException(Code.BAD_MESSAGE, "a compressed buffer claims " + claimed + " bytes");
    }
    inflatedBytes += claimed;
    if (claimed > limitBytes || inflatedBytes > limitBytes) {
      throw new GateException(
          Code.TOO_LARGE,
          "the batch inflates to more than %d bytes: send fewer rows".formatted(limitBytes));
    }
    if (claimed == 0) {
      return allocator.getEmpty(); // Arrow's Java library writes nothing after the length then.
    }
    ArrowBuf inflated = allocator.buffer(claimed);
    boolean whole = false;
    try {
      long bytes =
          codec == Codec.ZSTD ? zstd(buffer, inflated, claimed) : lz4(buffer, inflated, claimed);
      if (bytes != claimed) {
        throw new GateException(
            Code.BAD_MESSAGE,
            "a compressed buffer claims %d bytes, but has other".formatted(claimed));
      }
      inflated.writerIndex(claimed);
      whole = true;
      return inflated;
    } finally {
      if (!whole) {
        inflated.close();
      }
    }
  }

  private static long zstd(ArrowBuf from, ArrowBuf to, long room) throws GateException {
    long result =
        Zstd.decompressUnsafe(
            to.memoryAddress(),
            room,
            from.memoryAddress() + Long.BYTES,
            from.capacity() - Long.BYTES);
    if (Zstd.isError(result)) {
      throw new GateException(
          Code.BAD_MESSAGE, "a ZSTD buffer can't be inflated: " + Zstd.getErrorName(result));
    }
    return result;
  }

  private static long lz4(ArrowBuf from, ArrowBuf to, long room) throws GateException {
    int size = (int) from.capacity() - Long.BYTES;
    ByteBuffer bytes = from.nioBuffer(Long.BYTES, size);
    if (Lz4Frame.isPlain(bytes)) {
      try {
        return Lz4Frame.inflate(bytes, to.nioBuffer(0, (int) room));
      } catch (RuntimeException e) {
        // The slow way says what is wrong with it, or knows this form.
      }
    }
    return anyLz4(from, to, room);
  }

  private static long anyLz4(ArrowBuf from, ArrowBuf to, long room) throws GateException {
    byte[] compressed = new byte[(int) from.capacity() - Long.BYTES];
    from.getBytes(Long.BYTES, compressed);
    long at = 0;
    try (InputStream frames =
        new FramedLZ4CompressorInputStream(new ByteArrayInputStream(compressed), true)) {
      byte[] chunk = new byte[(int) Math.min(CHUNK, room + 1)];
      for (int n = frames.read(chunk); n > 0; n = frames.read(chunk)) {
        if (at + n > room) {
          return at + n;
        }
        to.setBytes(at, chunk, 0, n);
        at += n;
      }
      return at;
    } catch (IOException | RuntimeException e) {
      throw new GateException(
          Code.BAD_MESSAGE, "an LZ4 buffer can't be inflated: " + e.getMessage());
    }
  }
}
