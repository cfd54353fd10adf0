package io.sluice.compactor.write;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses Parquet pages with Zstandard through one reused context, without Hadoop's codecs. Not
 * safe for use by several threads.
 */
final class ZstdPages implements BytesInputCompressor {

  private final ZstdCompressCtx context;

  /**
   * @param level the compression level, 1 (fast) to 22 (small)
   */
  ZstdPages(int level) {
    this.context = new ZstdCompressCtx().setLevel(level);
  }

  @Override
  public BytesInput compress(BytesInput bytes) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
    bytes.writeAllTo(page);
    return BytesInput.from(context.compress(page.toByteArray()));
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  @Override
  public void release() {
    context.close();
  }
}
