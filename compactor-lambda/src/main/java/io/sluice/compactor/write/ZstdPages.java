package io.sluice.compactor.write;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;

/**
 * Compresses Parquet pages with Zstandard through one reused context, without Hadoop's codecs. Not
 * safe for use by several threads.
 */
final class ZstdPages implements AutoCloseable {

  private final ZstdCompressCtx context;
  private byte[] room = new byte[256];

  /**
   * @param level the compression level, 1 (fast) to 22 (small)
   */
  ZstdPages(int level) {
    this.context = new ZstdCompressCtx().setLevel(level);
  }

  /** Returns the first {@code count} bytes, compressed, in an array of their own. */
  byte[] compress(byte[] bytes, int count) {
    int most = Math.toIntExact(Zstd.compressBound(count));
    if (room.length < most) {
      room = new byte[most];
    }
    return Arrays.copyOf(room, context.compressByteArray(room, 0, room.length, bytes, 0, count));
  }

  @Override
  public void close() {
    context.close();
  }
}
