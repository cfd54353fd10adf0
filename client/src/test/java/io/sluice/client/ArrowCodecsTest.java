package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.junit.jupiter.api.Test;

class ArrowCodecsTest {

  @Test
  void aThreadWhoseLoaderDoesNotSeeThemFindsThem() throws Exception {
    CompletableFuture<CompressionCodec.Factory> found = new CompletableFuture<>();
    ClassLoader blind = ClassLoader.getPlatformClassLoader();
    CompletableFuture<ClassLoader> after = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              found.complete(ArrowCodecs.find());
              after.complete(Thread.currentThread().getContextClassLoader());
            });
    thread.setContextClassLoader(blind);
    thread.start();

    CompressionCodec.Factory codecs = found.get(30, TimeUnit.SECONDS);
    for (CodecType type : new CodecType[] {CodecType.LZ4_FRAME, CodecType.ZSTD}) {
      assertThat(codecs.createCodec(type).getCodecType()).isEqualTo(type);
    }
    assertThat(codecs.createCodec(CodecType.LZ4_FRAME)).isInstanceOf(Lz4Codec.class);
    assertThat(after.get(30, TimeUnit.SECONDS)).isSameAs(blind);
  }
}
