package io.sluice.client;

import io.sluice.catalog.codec.Lz4Frame;
import org.apache.arrow.compression.Lz4CompressionCodec;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;

/**
 * Inflates the LZ4 frames that gateways write, many times as fast as Arrow's own codec, which does
 * all the rest. Arrow uses one codec for all of an application: frames of any kind must be read.
 */
final class Lz4Codec implements CompressionCodec {

  private static final long HEADER_BYTES = CompressionUtil.SIZE_OF_UNCOMPRESSED_LENGTH;

  private final CompressionCodec arrows = new Lz4CompressionCodec();

  /** Made by Arrow, which finds it by its name in {@code META-INF/services}. */
  public static final class Factory implements CompressionCodec.Factory {

    @Override
    public CompressionCodec createCodec(CodecType type) {
      if (type != CodecType.LZ4_FRAME) {
        throw new IllegalArgumentException("only LZ4, not " + type);
      }
      return new Lz4Codec();
    }

    @Override
    public CompressionCodec createCodec(CodecType type, int level) {
      return createCodec(type);
    }
  }

  @Override
  public ArrowBuf compress(BufferAllocator allocator, ArrowBuf buffer) {
    return arrows.compress(allocator, buffer);
  }

  @Override
  public ArrowBuf decompress(BufferAllocator allocator, ArrowBuf buffer) {
    long size = buffer.writerIndex() - HEADER_BYTES;
    long length = size > 0 ? buffer.getLong(0) : 0;
    if (length <= 0
        || length > Integer.MAX_VALUE
        || size > Integer.MAX_VALUE
        || !Lz4Frame.isPlain(buffer.nioBuffer(HEADER_BYTES, (int) size))) {
      return arrows.decompress(allocator, buffer);
    }
    ArrowBuf inflated = allocator.buffer(length);
    try {
      int bytes =
          Lz4Frame.inflate(
              buffer.nioBuffer(HEADER_BYTES, (int) size), inflated.nioBuffer(0, (int) length));
      if (bytes != length) {
        throw new IllegalArgumentException(
            "an LZ4 buffer claims %d bytes, but has %d".formatted(length, bytes));
      }
    } catch (RuntimeException e) {
      inflated.close();
      throw e;
    }
    inflated.writerIndex(length);
    buffer.close();
    return inflated;
  }

  @Override
  public CodecType getCodecType() {
    return CodecType.LZ4_FRAME;
  }
}
