package io.sluice.log.frame;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.airlift.compress.lz4.Lz4Compressor;
import io.sluice.catalog.codec.Lz4Frame;
import io.sluice.catalog.table.TableOptions.LogCompression;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.CompressionType;

/** Compresses one buffer after the other with tables that it keeps. One thread at a time. */
interface BufferCompressor {

  /** Returns the number that Arrow's messages give the codec, of {@link CompressionType}. */
  byte codec();

  /** Returns the most room that {@code bytes} take while they are compressed. */
  int bound(int bytes);

  /**
   * Compresses a buffer.
   *
   * @param from at least one byte
   * @param to with room for {@link #bound}, direct if {@code from} is
   * @return how many bytes were written
   */
  int compress(ByteBuffer from, ByteBuffer to);

  /** Returns a new one; its memory is freed once it is unreachable. */
  static BufferCompressor of(LogCompression compression) {
    return switch (compression) {
      case NONE -> throw new IllegalArgumentException("no compression needs no compressor");
      case LZ4 -> new Lz4();
      case ZSTD -> new ZStandard();
    };
  }

  /** LZ4 frames of one block. */
  final class Lz4 implements BufferCompressor {

    private final Lz4Compressor compressor = new Lz4Compressor();

    @Override
    public byte codec() {
      return CompressionType.LZ4_FRAME;
    }

    @Override
    public int bound(int bytes) {
      return Lz4Frame.bound(compressor, bytes);
    }

    @Override
    public int compress(ByteBuffer from, ByteBuffer to) {
      int start = to.position();
      Lz4Frame.write(compressor, from, to);
      return to.position() - start;
    }
  }

  /** Zstandard frames. */
  final class ZStandard implements BufferCompressor {

    /** Rows leave the log within hours, and wait while they are compressed: the fastest level. */
    private static final int LEVEL = 1;

    private static final Cleaner CLEANER = Cleaner.create();

    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

    ZStandard() {
      ZstdCompressCtx owned = context;
      var unused = CLEANER.register(this, owned::close);
    }

    @Override
    public byte codec() {
      return CompressionType.ZSTD;
    }

    @Override
    public int bound(int bytes) {
      return Math.toIntExact(Zstd.compressBound(bytes));
    }

    @Override
    public int compress(ByteBuffer from, ByteBuffer to) {
      return context.compressDirectByteBuffer(
          to, to.position(), to.remaining(), from, from.position(), from.remaining());
    }
  }
}
